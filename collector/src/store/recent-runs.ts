import { type RunHeads, runKey } from './run-heads.ts';

/** Memory for all runs together, bytes: a minute of 250 spans a second many times over. */
export const RECENT_BYTES_MAX: number = 32 * 1024 * 1024;
/** Memory for one run, bytes, about 10 000 spans: a larger one is read back. */
export const RECENT_BYTES_PER_RUN_MAX: number = 4 * 1024 * 1024;
/** What keeping one piece takes beside its bytes. */
const PIECE_BYTES = 512;
/** Tokens remembered: as many as the engine knows inserts by. */
const TOKENS_MAX = 10_000;

/** Of one run, what this process has stored of it since it was first seen here. */
export interface RecentRun {
  readonly key: string;
  readonly pieces: RunHeads[];
  rows: number;
  bytes: number;
  /** The newest row of the run that was made from here; 0 for none. */
  revision: bigint;
}

export interface RecentLimits {
  readonly bytesMax: number;
  readonly bytesPerRunMax: number;
}

/**
 * Heads of the spans that were stored lately, by run. What it holds of a run are rows that are in the store, each once; whether
 * they are all rows of the run is for the store to say, by their number. What does not fit is forgotten, longest untouched
 * first: of a run that was forgotten less is known from then on than is stored, so that it never seems complete again.
 */
export class RecentRuns {
  readonly #limits: RecentLimits;
  /** Insertion order = order of the last touch. */
  readonly #runs = new Map<string, RecentRun>();
  readonly #tokens = new Set<string>();
  #bytes = 0;

  constructor(
    limits: RecentLimits = { bytesMax: RECENT_BYTES_MAX, bytesPerRunMax: RECENT_BYTES_PER_RUN_MAX },
  ) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  find(project: string, runId: string): RecentRun | undefined {
    return this.#runs.get(runKey(project, runId));
  }

  /** Notes what was stored under a token. A token that was there before stored nothing: its rows would count twice. */
  add(token: string, heads: Iterable<RunHeads>): void {
    const isRepeated = this.#tokens.has(token);
    this.#tokens.add(token);
    const first = this.#tokens.values().next();
    if (this.#tokens.size > TOKENS_MAX && first.done === false) this.#tokens.delete(first.value);
    for (const piece of heads) {
      const key = runKey(piece.project, piece.runId);
      const run = this.#runs.get(key) ?? { key, pieces: [], rows: 0, bytes: 0, revision: 0n };
      this.forget(run);
      const bytes = piece.bytes.length + PIECE_BYTES;
      if (isRepeated || run.bytes + bytes > this.#limits.bytesPerRunMax) continue;
      run.pieces.push(piece);
      run.rows += piece.rows;
      run.bytes += bytes;
      this.#bytes += run.bytes;
      this.#runs.set(key, run);
    }
    for (const oldest of this.#runs.values()) {
      if (this.#bytes <= this.#limits.bytesMax) break;
      this.forget(oldest);
    }
  }

  forget(run: RecentRun): void {
    if (this.#runs.get(run.key) !== run) return;
    this.#runs.delete(run.key);
    this.#bytes -= run.bytes;
  }
}
