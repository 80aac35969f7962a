import { deleteRows } from './delete-rows.ts';
import type { SqlParameters } from './driver.ts';
import type { Store } from './store.ts';

/** Whose data is erased: a user (`user.id`), a session (`session.id`), or one trace. */
export interface ErasureSubject {
  readonly kind: 'user' | 'session' | 'trace';
  readonly id: string;
}

export interface Erased {
  /** Runs that are gone. Knowledge that quotes them is the learner's to look through. */
  readonly runIds: readonly string[];
  readonly traceIds: readonly string[];
  readonly spans: number;
  readonly logs: number;
  readonly outcomes: number;
}

/** Runs erased in one step; a subject with more takes several. */
const RUNS_PER_STEP = 1_000;

/**
 * Added to the rows of a run that loses some: more than any process holds in memory, so that its row is made from what the store
 * has from now on, whoever still remembers the others.
 */
const ROWS_OF_ERASED = 1_000_000_000_000;

/** Columns and attributes of logs that name the subject, where a log belongs to no trace. */
const LOG_NAMES = {
  user: ['user.id', 'enduser.id'],
  session: ['session.id'],
  trace: [],
} as const satisfies Readonly<Record<ErasureSubject['kind'], readonly string[]>>;

/** What of a project is erased in one step. */
interface Target {
  readonly subject: ErasureSubject;
  /** Runs that are gone afterwards. */
  readonly gone: readonly string[];
  /** Runs that keep spans in other traces. */
  readonly kept: readonly string[];
  readonly traces: readonly string[];
  /** Those of the traces that are gone afterwards: no other run has spans in them. */
  readonly goneTraces: readonly string[];
}

/**
 * Erases everything the collector stored about a subject: the runs in which it appears, whole, with all spans and their
 * content, log records of their traces, outcomes and rows of lists. Of a run over several traces, one trace can be erased;
 * the run is recomputed then. Safe to repeat: what a failure left is found again, since spans go last. What is sent later
 * is stored.
 */
export async function erase(
  store: Pick<Store, 'driver' | 'database' | 'refresh'>,
  project: string,
  subject: ErasureSubject,
  nowMs: number,
): Promise<Erased> {
  const runIds = new Set<string>();
  const traceIds = new Set<string>();
  let [spans, logs, outcomes] = [0, 0, 0];
  for (;;) {
    const target = await targetOf(store, project, subject);
    const step = await eraseTarget(store, project, target);
    await store.refresh(
      target.kept.map((runId) => ({ project, runId })),
      nowMs,
    );
    for (const run of target.gone) runIds.add(run);
    for (const trace of target.traces) traceIds.add(trace);
    spans += step.spans;
    logs += step.logs;
    outcomes += step.outcomes;
    if (target.gone.length + target.kept.length < RUNS_PER_STEP)
      return { runIds: [...runIds], traceIds: [...traceIds], spans, logs, outcomes };
  }
}

/** A run that names the subject in one span belongs to it as a whole. */
async function targetOf(
  { driver, database }: Pick<Store, 'driver' | 'database'>,
  project: string,
  subject: ErasureSubject,
): Promise<Target> {
  const values = async (column: string, condition: string, more: SqlParameters): Promise<string[]> => {
    const rows = await driver.query<{ value: string }>(
      `SELECT DISTINCT ${column} AS value FROM ${database}.spans WHERE project = {project: String} AND ${condition}`,
      { parameters: { project, ...more } },
    );
    return rows.map((row) => row.value);
  };
  const { kind, id } = subject;
  const runs = await values('run_id', `${kind}_id = {id: String} LIMIT ${RUNS_PER_STEP}`, { id });
  // Log records may have come without any span.
  const traces =
    kind === 'trace' ? [id] : await values('trace_id', 'run_id IN {runs: Array(String)}', { runs });
  const ids = { runs, traces };
  const elsewhere =
    kind === 'trace'
      ? await values(
          'run_id',
          'run_id IN {runs: Array(String)} AND trace_id NOT IN {traces: Array(String)}',
          ids,
        )
      : [];
  const shared =
    kind === 'trace'
      ? []
      : await values(
          'trace_id',
          'trace_id IN {traces: Array(String)} AND run_id NOT IN {runs: Array(String)}',
          ids,
        );
  return {
    subject,
    gone: runs.filter((run) => !elsewhere.includes(run)),
    kept: elsewhere,
    traces,
    goneTraces: traces.filter((trace) => !shared.includes(trace)),
  };
}

async function eraseTarget(
  { driver, database }: Pick<Store, 'driver' | 'database'>,
  project: string,
  { subject: { kind, id }, gone, kept, traces, goneTraces }: Target,
): Promise<Pick<Erased, 'spans' | 'logs' | 'outcomes'>> {
  const parameters: SqlParameters = {
    project,
    id,
    runs: gone,
    traces,
    goneTraces,
    names: [...LOG_NAMES[kind]],
  };
  const remove = (table: string, condition: string): Promise<number> =>
    deleteRows({
      driver,
      database,
      table,
      condition: `project = {project: String} AND (${condition})`,
      parameters,
    });
  if (kept.length > 0)
    await driver.command(
      `INSERT INTO ${database}.id_times
       SELECT project, id, kind, min(start), max(end), max(received_at), toUInt64(${ROWS_OF_ERASED})
       FROM ${database}.id_times
       WHERE project = {project: String} AND id IN {kept: Array(String)} AND kind != 'trace'
       GROUP BY project, id, kind`,
      { parameters: { project, kept } },
    );
  const inTraces = 'trace_id IN {traces: Array(String)}';
  const inRuns = 'run_id IN {runs: Array(String)}';
  const logs = await remove(
    'logs',
    `${inTraces} OR arrayExists(name -> attributes[name] = {id: String}, {names: Array(String)})`,
  );
  const outcomes = await remove('outcomes', kind === 'trace' ? `${inRuns} OR ${inTraces}` : inRuns);
  await remove('analyses', inRuns);
  await remove('runs', kind === 'trace' ? inRuns : `${inRuns} OR ${kind}_id = {id: String}`);
  await remove(
    'id_times',
    `(kind != 'trace' AND id IN {runs: Array(String)}) OR (kind != 'run' AND id IN {goneTraces: Array(String)})`,
  );
  return { spans: await remove('spans', kind === 'trace' ? inTraces : inRuns), logs, outcomes };
}
