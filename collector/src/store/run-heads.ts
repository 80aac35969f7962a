import type { SpanRecord } from '../records.ts';
import { RowReader } from './row-reader.ts';
import { readSpanHead } from './span-head.ts';
import type { SummarySpan } from './summarise-run.ts';

/** Rows of one run that were encoded together, without their content, as bytes. */
export interface RunHeads {
  readonly project: string;
  readonly runId: string;
  readonly rows: number;
  readonly bytes: Buffer;
}

interface Places {
  readonly project: string;
  readonly runId: string;
  /** Beginnings and ends of heads, in turns. */
  readonly places: number[];
  bytes: number;
}

/** Where among the rows of one writer the heads of each run stand. */
export class HeadPlaces {
  readonly #runs = new Map<string, Places>();
  #last: Places | undefined;

  add({ project, runId }: SpanRecord, from: number, to: number): void {
    if (runId === '') return;
    const run = this.#placesOf(project, runId);
    run.places.push(from, to);
    run.bytes += to - from;
  }

  #placesOf(project: string, runId: string): Places {
    // Spans of a run mostly follow each other.
    if (this.#last?.runId === runId && this.#last.project === project) return this.#last;
    const key = runKey(project, runId);
    let places = this.#runs.get(key);
    if (places === undefined) {
      places = { project, runId, places: [], bytes: 0 };
      this.#runs.set(key, places);
    }
    this.#last = places;
    return places;
  }

  /** Copies: the rows are given away after their write. A buffer per run, so that one that stays open keeps its own only. */
  copiedFrom(written: Uint8Array): RunHeads[] {
    return Array.from(this.#runs.values(), ({ project, runId, places, bytes }) => {
      const copy = Buffer.allocUnsafeSlow(bytes);
      let at = 0;
      for (let index = 0; index < places.length; index += 2) {
        const head = written.subarray(places[index], places[index + 1]);
        copy.set(head, at);
        at += head.length;
      }
      return { project, runId, rows: places.length / 2, bytes: copy };
    });
  }
}

export function runKey(project: string, runId: string): string {
  return `${project}\n${runId}`;
}

/** The spans, in the order in which they were encoded. */
export function spansOf({ bytes }: Pick<RunHeads, 'bytes'>): SummarySpan[] {
  const reader = new RowReader(bytes);
  const spans: SummarySpan[] = [];
  while (!reader.isAtEnd) spans.push(readSpanHead(reader));
  return spans;
}
