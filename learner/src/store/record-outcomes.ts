import type { Store } from '@tracelore/collector/store';
import type { Outcome } from '@tracelore/sdk/contract';
import type { NewId } from '../ids.ts';

const NANOSECONDS_PER_MS = 1_000_000n;

/** Stores outcomes and brings the runs they are about up to date. Resolves when both are done. */
export function createOutcomeRecorder(options: {
  readonly store: Pick<Store, 'write' | 'refresh'>;
  readonly now: () => Date;
  readonly newId: NewId;
}): (project: string, outcomes: readonly Outcome[]) => Promise<void> {
  const { store, now, newId } = options;
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
    await store.write({ spans: [], logs: [], outcomes: records }, `outcomes:${newId()}`);
    const runs = [...new Set(outcomes.map(({ run }) => run))].map((runId) => ({ project, runId }));
    await store.refresh(runs, at);
  };
}
