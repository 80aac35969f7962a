import type { Rule } from '../knowledge/rule.ts';
import type { Lift } from '../online/lift.ts';
import { WATCH } from '../online/rule-watch.ts';
import type { Stage } from '../online/stage.ts';
import type { WatchView } from '../online/watch-view.ts';
import type { InjectedOutcomes, Injections } from './injection-reader.ts';

/** Injections from which on an average of outcomes is worth showing. */
export const INJECTIONS_MIN = 10;
/** Confounded rate below which agentlearn would deprecate. */
export const LOW_RATE = 0.3;
/** Characters of a rule that a report repeats. */
export const PREVIEW_CHARACTERS = 100;

/** What is known about one rule in force. */
export interface AuditedRule {
  readonly ruleId: string;
  readonly version: number;
  readonly preview: string;
  readonly pinned: boolean;
  /** `null` = not measured. */
  readonly stage: Stage | null;
  /** Answers it was part of, as far back as they are kept. */
  readonly injections: number;
  readonly lastInjectedAt: string | null;
  /**
   * Mean outcome of the units that got it, in [0, 1]. Confounded: a rule for hard tasks has a low one however much it helps.
   * Shown for comparison, never decided upon. `null` without outcomes.
   */
  readonly confoundedRate: number | null;
  /** What it changes, against the units it was withheld from by a coin. `null` while that is not known. */
  readonly effect: Lift | null;
}

/** How the rules in force are doing. */
export interface KnowledgeAudit {
  readonly inForce: number;
  /** Evidence of harm is gathering, or the effect seems to have changed. By the hold-out, not by the rate. */
  readonly declining: readonly AuditedRule[];
  /** At least {@link INJECTIONS_MIN} injections and a confounded rate below {@link LOW_RATE}: no reason to remove a rule. */
  readonly lowRate: readonly AuditedRule[];
  readonly neverInjected: readonly AuditedRule[];
  /** Fewer than {@link INJECTIONS_MIN} injections. */
  readonly insufficientData: readonly AuditedRule[];
  /** Over rules with enough injections; the first is confounded. `null` = there are none. */
  readonly averageConfoundedRate: number | null;
  readonly averageEffect: number | null;
  readonly rules: readonly AuditedRule[];
}

export interface AuditFacts {
  readonly rules: readonly Rule[];
  readonly watchOf: (rule: Rule) => WatchView | undefined;
  readonly injections: ReadonlyMap<string, Injections>;
  readonly outcomes: ReadonlyMap<string, InjectedOutcomes>;
}

export function auditKnowledge({ rules, watchOf, injections, outcomes }: AuditFacts): KnowledgeAudit {
  const audited = rules.map((rule) => {
    const watch = watchOf(rule);
    const given = injections.get(rule.id);
    const row: AuditedRule = {
      ruleId: rule.id,
      version: rule.version,
      preview: rule.content.slice(0, PREVIEW_CHARACTERS),
      pinned: rule.priority === 'pinned',
      stage: watch?.stage ?? null,
      injections: given?.answers ?? 0,
      lastInjectedAt: given?.lastAt ?? null,
      confoundedRate: outcomes.get(rule.id)?.mean ?? null,
      effect: watch?.lift ?? null,
    };
    return { row, isDeclining: watch !== undefined && isDeclining(watch) };
  });
  const all = audited.map(({ row }) => row);
  const known = all.filter((row) => row.injections >= INJECTIONS_MIN);
  return {
    inForce: all.length,
    declining: audited.filter((each) => each.isDeclining).map(({ row }) => row),
    lowRate: known.filter(({ confoundedRate }) => confoundedRate !== null && confoundedRate < LOW_RATE),
    neverInjected: all.filter((row) => row.injections === 0),
    insufficientData: all.filter((row) => row.injections > 0 && row.injections < INJECTIONS_MIN),
    averageConfoundedRate: mean(known.map(({ confoundedRate }) => confoundedRate)),
    averageEffect: mean(known.map(({ effect }) => effect?.estimate ?? null)),
    rules: all,
  };
}

/** Evidence against a rule, from the coins alone. */
export function isDeclining({ stage, eHarm, lift }: Pick<WatchView, 'stage' | 'eHarm' | 'lift'>): boolean {
  return stage === 'suspect' || eHarm >= WATCH.cautiousE || (lift !== null && lift.high < 0);
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
