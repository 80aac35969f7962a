import type { SqlDriver } from './driver.ts';
import { inDatabase, RECEIVED_BY_MINUTES, STALE_RUNS } from './queries.ts';
import { ABANDONED_AFTER_MS } from './summarise-run.ts';

/** How far back is looked from the newest span, unless told, ms. */
const WITHIN_MS = 172_800_000;
/** Minutes that are counted together. */
const MINUTES = 10;
/** Rows looked at in one question, some 300 bytes each in the engine's memory; minutes with more are one question all the same. */
const ROWS_PER_QUESTION_MAX = 200_000;
const MEMORY_BYTES_MAX = 1024 ** 3;
const TIMEOUT_MS = 120_000;

interface Slice {
  /** Minutes since 1970, the last one left out. */
  readonly from: number;
  to: number;
  rows: number;
}

/**
 * Runs with spans or outcomes received after their newest revision, and open ones to be abandoned, oldest first, at most `limit`.
 * Looks at what was received slice by slice, so that its memory does not grow with the time looked at.
 */
export async function staleRuns(
  driver: SqlDriver,
  database: string,
  limit: number,
  withinMs: number = WITHIN_MS,
): Promise<{ project: string; runId: string }[]> {
  const options = { timeoutMs: TIMEOUT_MS, memoryBytesMax: MEMORY_BYTES_MAX };
  const counts = await driver.query<{ minute: string; rows: string }>(
    inDatabase(RECEIVED_BY_MINUTES, database),
    { ...options, parameters: { minutes: MINUTES, seconds: Math.ceil(withinMs / 1_000) } },
  );
  const found = new Map<string, { project: string; runId: string }>();
  for (const { from, to } of slicesOf(counts.map(({ minute, rows }) => [Number(minute), Number(rows)]))) {
    const parameters = { from, to, limit, abandonedBefore: Date.now() - ABANDONED_AFTER_MS };
    const rows = await driver.query<{ project: string; run_id: string }>(inDatabase(STALE_RUNS, database), {
      ...options,
      parameters,
    });
    for (const { project, run_id: runId } of rows) found.set(`${project}\n${runId}`, { project, runId });
    if (found.size >= limit) break;
  }
  return [...found.values()].slice(0, limit);
}

/** Neighbours with few rows are one slice. `counts` in order of time. */
export function slicesOf(
  counts: readonly (readonly [minute: number, rows: number])[],
  rowsMax: number = ROWS_PER_QUESTION_MAX,
): Slice[] {
  const slices: Slice[] = [];
  for (const [minute, rows] of counts) {
    const last = slices.at(-1);
    if (last !== undefined && last.rows + rows <= rowsMax) {
      last.to = minute + MINUTES;
      last.rows += rows;
    } else slices.push({ from: minute, to: minute + MINUTES, rows });
  }
  return slices;
}
