import type { StoredOutcome } from '@tracelore/collector/store';
import { itemReference } from '@tracelore/sdk/contract';
import type { DecisionRecord } from '../injectors/rule-set.ts';
import type { Rule } from '../knowledge/rule.ts';
import type { Lift } from '../online/lift.ts';
import type { Stage } from '../online/stage.ts';
import type { WatchView } from '../online/watch-view.ts';
import type { Injections, RecentRuns } from './injection-reader.ts';
import { INJECTIONS_MIN, isDeclining, PREVIEW_CHARACTERS } from './knowledge-audit.ts';
import type { Replays } from './replay-without.ts';

/** Judged runs per rule that its recent failures are counted in. */
export const RECENT_RUNS_MAX = 20;
/** More failures among them than this are worth a look. */
const RECENT_FAILURES = 5;

/** From this share in a replayed task on, score units, a rule is worth a look. */
const SHARE_SUSPECT = -0.25;

/** One rule that a run was given, and what speaks against it. */
export interface BlamedRule {
  readonly ruleId: string;
  readonly version: number;
  readonly preview: string;
  readonly pinned: boolean;
  readonly stage: Stage | null;
  /** Fewer than {@link INJECTIONS_MIN} injections so far. */
  readonly isNew: boolean;
  readonly injections: number;
  /** What it changes by its hold-out; `null` = not known. */
  readonly effect: Lift | null;
  /** Among its newest judged runs. Confounded, like every rate of runs that got a rule. */
  readonly recent: RecentRuns;
  /** What it added to the other rules when the task was done again; `null` = not known. */
  readonly share: number | null;
  /** Worth a look first, and why; empty = nothing speaks against it. Never proof. */
  readonly suspicions: readonly string[];
}

/** Which rules of a run may have to do with its failure. Everything here is suspicion: nothing is decided upon it. */
export interface BlameReport {
  readonly runId: string;
  readonly outcome: StoredOutcome | null;
  readonly decisions: readonly string[];
  /** Rules that the run was given, most suspicious first. */
  readonly rules: readonly BlamedRule[];
  readonly recommendation: string;
  /** The run's task done again without each of them; `null` = nobody asked for it since the start. */
  readonly replays: Replays | null;
}

export interface BlameFacts {
  readonly runId: string;
  readonly outcome: StoredOutcome | null;
  readonly decisions: readonly DecisionRecord[];
  /** By reference, `id@version`. */
  readonly findVersion: (reference: string) => Rule | undefined;
  readonly watchOf: (rule: Rule) => WatchView | undefined;
  readonly injections: ReadonlyMap<string, Injections>;
  readonly recent: ReadonlyMap<string, RecentRuns>;
  readonly replays: Replays | null;
}

/** References of the rules that were injected by any of these answers, in order, each once. */
export function injectedBy(decisions: readonly DecisionRecord[]): readonly string[] {
  const all = decisions.flatMap(({ arm, items }) =>
    arm === 'holdout' ? [] : items.filter((item) => item.injected),
  );
  return [...new Set(all.map(({ rule }) => rule))];
}

export function blame(facts: BlameFacts): BlameReport {
  const rules = injectedBy(facts.decisions)
    .flatMap((reference) => facts.findVersion(reference) ?? [])
    .map((rule) => blamed(rule, facts))
    .toSorted((a, b) => b.suspicions.length - a.suspicions.length || harm(a) - harm(b));
  return {
    runId: facts.runId,
    outcome: facts.outcome,
    decisions: facts.decisions.map(({ id }) => id),
    rules,
    recommendation: recommend(rules),
    replays: facts.replays,
  };
}

function blamed(rule: Rule, { watchOf, injections, recent, replays }: BlameFacts): BlamedRule {
  const watch = watchOf(rule);
  const given = injections.get(rule.id)?.answers ?? 0;
  const lately = recent.get(rule.id) ?? { runs: 0, failed: 0 };
  const isNew = given < INJECTIONS_MIN;
  const reference = itemReference(rule);
  const share = replays?.shares.find((one) => one.rule === reference)?.share ?? null;
  const suspicions = [
    ...(watch !== undefined && isDeclining(watch) ? ['its hold-out speaks against it'] : []),
    ...(replays?.better.includes(reference) === true ? ['the task went well without it'] : []),
    ...(share !== null && share <= SHARE_SUSPECT ? ['the task went worse with it, among other rules'] : []),
    ...(isNew ? [`new: injected ${given} times so far`] : []),
    ...(lately.failed > RECENT_FAILURES
      ? [`${lately.failed} of its last ${lately.runs} judged runs failed`]
      : []),
  ];
  return {
    ruleId: rule.id,
    version: rule.version,
    preview: rule.content.slice(0, PREVIEW_CHARACTERS),
    pinned: rule.priority === 'pinned',
    stage: watch?.stage ?? null,
    isNew,
    injections: given,
    effect: watch?.lift ?? null,
    recent: lately,
    share,
    suspicions,
  };
}

/** Rules with the lowest effect first; those without one last. */
function harm({ effect }: BlamedRule): number {
  return effect?.estimate ?? Number.MAX_VALUE;
}

/** The first three sentences are agentlearn's. */
function recommend(rules: readonly BlamedRule[]): string {
  if (rules.length === 0) return 'No knowledge was injected in this trace';
  const [suspicious] = rules;
  if (suspicious === undefined || suspicious.suspicions.length === 0) return 'Likely unrelated to knowledge';
  if (rules.some(({ suspicions, isNew }) => suspicions.length > (isNew ? 1 : 0)))
    return 'Some items show high failure correlation';
  return 'Review new items — recently promoted knowledge may be causing issues';
}
