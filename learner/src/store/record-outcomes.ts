import type { Store } from '@tracelore/collector/store';
import type { Outcome } from '@tracelore/sdk/contract';
import type { NewId } from '../ids.ts';

const NANOSECONDS_PER_MS = 1_000_000n;

type Batch = Parameters<Store['write']>[0];

export interface OutcomeRecorderOptions {
  /** Resolves when the batch is stored. */
  readonly write: (batch: Batch, key: string) => Promise<void>;
  /** Brings these runs up to date. Absent = whoever writes sees to that in its own time. */
  readonly refresh?: (runs: readonly { readonly project: string; readonly runId: string }[]) => Promise<void>;
  readonly now: () => Date;
  readonly newId: NewId;
}

/** Stores outcomes and, if it can, brings the runs they are about up to date. Resolves when that is done. */
export function createOutcomeRecorder(
  options: OutcomeRecorderOptions,
): (project: string, outcomes: readonly Outcome[]) => Promise<void> {
  const { write, refresh, now, newId } = options;
  return async (project, outcomes) => {
    if (outcomes.length === 0) return;
    const at = now().getTime();
    const records = outcomes.map((outcome) => ({
      project,
      outcomeId: outcome.id,
      runId: outcome.run,
      traceId: '',
      spanId: '',
      name: outcome.name,
      source: outcome.source,
      score: outcome.score ?? null,
      passed: outcome.passed ?? null,
      comment: outcome.comment ?? '',
      timeUnixNano: BigInt(at) * NANOSECONDS_PER_MS,
      receivedAtMs: at,
    }));
    await write({ spans: [], logs: [], outcomes: records }, `outcomes:${newId()}`);
    await refresh?.([...new Set(outcomes.map(({ run }) => run))].map((runId) => ({ project, runId })));
  };
}
