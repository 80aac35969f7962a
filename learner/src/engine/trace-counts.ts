import type { Store } from '@tracelore/collector/store';
import { PARTIAL_MIN, SUCCESS_MIN, type EngineStatus } from './engine-status.ts';

type TraceCounts = Pick<
  EngineStatus,
  'tracesTotal' | 'tracesSuccess' | 'tracesFailure' | 'tracesPartial' | 'tracesUnanalyzed'
>;

/** Runs of a project by how they went; trials and runs without an outcome are only in the total. */
export async function countTraces(
  store: Pick<Store, 'driver' | 'database' | 'countRuns'>,
  project: string,
): Promise<TraceCounts> {
  const [counts, [row]] = await Promise.all([
    store.countRuns(project),
    store.driver.query<{ success: string; partial: string; failure: string }>(
      `SELECT countIf(score >= {success: Float64}) AS success,
              countIf(score >= {partial: Float64} AND score < {success: Float64}) AS partial,
              countIf(score < {partial: Float64}) AS failure
       FROM (SELECT coalesce(outcome_score, toFloat64(outcome_passed)) AS score
             FROM ${store.database}.runs FINAL
             WHERE project = {project: String} AND trial_id = '' AND outcome_source != '')`,
      { parameters: { project, success: SUCCESS_MIN, partial: PARTIAL_MIN } },
    ),
  ]);
  return {
    tracesTotal: counts.total,
    tracesSuccess: Number(row?.success ?? 0),
    tracesFailure: Number(row?.failure ?? 0),
    tracesPartial: Number(row?.partial ?? 0),
    tracesUnanalyzed: counts.unanalysed,
  };
}
