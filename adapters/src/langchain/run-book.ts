import { currentScope, type SpanHandle } from '@tracelore/sdk';

import type { PartialAnswer } from './partial-answer.ts';

/** Runs of LangChain noted at the same time; beyond it the oldest is forgotten and its span ended. */
const RECORDS_MAX = 50_000;

/** One run in LangChain's sense (chain, model call, tool call, retrieval) that has not ended. */
export interface RunRecord {
  readonly id: string;
  readonly parent: RunRecord | undefined;
  /** Its own span, or for collapsed runs that of the nearest run above that has one. */
  readonly span: SpanHandle;
  /** False for collapsed runs: their span is not theirs to end. */
  readonly owns: boolean;
  /** A graph or agent: it goes on in the background when its stream's consumer stops. */
  readonly graph: boolean;
  /** Of a streaming model call. */
  readonly partial: PartialAnswer | undefined;
  /** Of a tool call: its arguments as its span records them. */
  readonly toolInput: unknown;
}

/**
 * Which span belongs to which LangChain run. LangChain's ids are unique, so one book serves every handler in the process
 * and nothing depends on the async context a callback happens to arrive in.
 *
 * A run whose end is never reported (a consumer left a stream) is ended when its callback manager has been collected:
 * the manager's metadata object lives exactly as long as somebody could still report.
 */
class RunBook {
  readonly #records = new Map<string, RunRecord>();
  readonly #dropped = new FinalizationRegistry<string>((id) => this.#forget(id));

  readonly #left = new WeakSet<RunRecord>();

  get(id: string | undefined): RunRecord | undefined {
    return id === undefined ? undefined : this.#records.get(id);
  }

  get size(): number {
    return this.#records.size;
  }

  /** @param anchor collected when nobody can report about this run any more */
  add(record: RunRecord, anchor: unknown): void {
    this.#records.set(record.id, record);
    if (typeof anchor === 'object' && anchor !== null) this.#dropped.register(anchor, record.id, record);
    if (this.#records.size <= RECORDS_MAX) return;
    for (const id of this.#records.keys()) {
      this.#forget(id);
      break;
    }
  }

  /** Takes a run out that has ended. */
  remove(id: string): RunRecord | undefined {
    const record = this.#records.get(id);
    if (record === undefined) return undefined;
    this.#records.delete(id);
    this.#dropped.unregister(record);
    return record;
  }

  /**
   * The consumer of this run's stream has stopped. A graph runs on, and its model and tool calls will be reported; below
   * anything else nothing more comes.
   */
  abandon(record: RunRecord): void {
    if (!this.#records.has(record.id)) return;
    if (!record.graph) {
      for (const other of [...this.#records.values()].reverse()) {
        if (other !== record && isBelow(other, record)) this.#forget(other.id);
      }
    }
    endAbandoned(record);
    // A graph's later steps still have to find their parent.
    if (record.graph) this.#left.add(record);
    else this.remove(record.id);
  }

  /** Whether a run's span has ended because its stream was left. */
  wasLeft(record: RunRecord): boolean {
    return this.#left.has(record);
  }

  #forget(id: string): void {
    const record = this.remove(id);
    if (record !== undefined) endAbandoned(record);
  }
}

export const runs: RunBook = new RunBook();

/** The nearest graph or agent at or above a run. */
export function graphOf(record: RunRecord | undefined): RunRecord | undefined {
  let found = record;
  while (found !== undefined && !found.graph) found = found.parent;
  return found;
}

/**
 * The parent of what starts below `record`: its span, unless the running code is already inside a span below that one
 * (the application's own, around the call), which is then nearer. `undefined`: the running code's span.
 */
export function parentSpan(record: RunRecord | undefined): SpanHandle | undefined {
  if (record === undefined) return undefined;
  const known = record.span.scope.span;
  let active = currentScope().span;
  if (active === known) return record.span;
  while (active !== undefined) {
    if (active.parent === known && known !== undefined) return undefined;
    active = active.parent;
  }
  return record.span;
}

function isBelow(record: RunRecord, above: RunRecord): boolean {
  for (let found = record.parent; found !== undefined; found = found.parent) if (found === above) return true;
  return false;
}

function endAbandoned(record: RunRecord): void {
  if (!record.owns) return;
  record.partial?.writeTo(record.span);
  record.span.end('abandoned');
}
