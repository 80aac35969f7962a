import { failureSignature } from './failure-signature.ts';
import type { TracedRun } from './traced-run.ts';

/** Failed runs with one signature. */
export interface FailureCluster {
  readonly signature: string;
  readonly runs: readonly TracedRun[];
  /** Distinct principals × ln(1 + runs): many users with one fault come first. */
  readonly priority: number;
}

/** Groups failed runs by signature, most pressing first; ties by signature. Deterministic. */
export function clusterFailures(runs: readonly TracedRun[]): readonly FailureCluster[] {
  const bySignature = Map.groupBy(runs, failureSignature);
  return [...bySignature]
    .map(([signature, members]) => ({
      signature,
      runs: members,
      priority: principals(members) * Math.log(1 + members.length),
    }))
    .sort((a, b) => b.priority - a.priority || (a.signature < b.signature ? -1 : 1));
}

/** A principal is a user; runs without one count as one principal together. */
function principals(runs: readonly TracedRun[]): number {
  return new Set(runs.map((run) => run.summary.userId)).size;
}
