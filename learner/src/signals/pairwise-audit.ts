import type { PairwiseJudge } from './pairwise-judge.ts';
import { AUDITED_RUNS_MIN, mayDecide, signalQualities, type AuditedRun } from './signal-quality.ts';

/** Pairs that a judge of pairs is checked on: each is two audited answers. */
export const AUDIT_PAIRS: number = AUDITED_RUNS_MIN / 2;

/** Two answers to one task of which a check, not a judge, says which one is right. */
export interface CheckedPair {
  readonly task: string;
  readonly right: CheckedAnswer;
  readonly wrong: CheckedAnswer;
}

export interface CheckedAnswer {
  readonly output: string;
  /** Whether the agent had been given rules. */
  readonly hadRules: boolean;
}

/** How far a judge of pairs agrees with checks. */
export interface PairwiseAudit {
  /** Pairs that it gave a verdict on. */
  readonly pairs: number;
  /** Of these: pairs where it prefers the right answer. */
  readonly agreed: number;
  /** Whether what it says may promote rules: enough pairs, and right as often as judges of runs have to be, in both arms. */
  readonly mayDecide: boolean;
}

/**
 * Asks a judge of pairs about answers that were checked otherwise. Too few pairs to trust it by cost no call.
 */
export async function auditPairwise(
  judge: PairwiseJudge,
  pairs: readonly CheckedPair[],
  signal?: AbortSignal,
): Promise<PairwiseAudit> {
  if (pairs.length < AUDIT_PAIRS) return { pairs: 0, agreed: 0, mayDecide: false };
  const audits: AuditedRun[] = [];
  let agreed = 0;
  for (const { task, right, wrong } of pairs) {
    const judged = await judge.compare({ task }, [right.output, wrong.output], signal);
    if (!judged.ok) continue;
    if (judged.preference > 0.5) agreed += 1;
    const about = { agent: '', source: 'judge' } as const;
    audits.push(
      { ...about, said: judged.preference > 0.5, truth: true, hadRules: right.hadRules },
      { ...about, said: judged.preference < 0.5, truth: false, hadRules: wrong.hadRules },
    );
  }
  // A tie names neither answer as the right one: half of it is right.
  const decides = mayDecide('judge', signalQualities(audits));
  return { pairs: audits.length / 2, agreed, mayDecide: decides };
}
