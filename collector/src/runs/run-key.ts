import type { Batch } from '../records.ts';

export interface RunKey {
  readonly project: string;
  readonly runId: string;
}

/** Notes the runs that a batch adds to, each once. */
export function noteRuns(batch: Batch, runs: Map<string, RunKey>): void {
  const note = ({ project, runId }: RunKey): void => {
    if (runId !== '') runs.set(keyOf(project, runId), { project, runId });
  };
  for (const span of batch.spans) note(span);
  for (const outcome of batch.outcomes) note(outcome);
}

export function keyOf(project: string, runId: string): string {
  return `${project}\n${runId}`;
}
