import { VOCABULARY } from '../language/recognisers.ts';
import type { Interval } from './bootstrap.ts';
import type { ExperimentResult, PromotedRule } from './experiment.ts';
import type { LearnedRule } from './learner-api.ts';
import { meaningOf, type Meaning } from './meaning.ts';
import type { Accuracy } from './measure.ts';

interface ReportedEvidence {
  readonly quote: string;
  readonly span: string;
}

interface ReportedRule {
  readonly id: string;
  readonly appliesWhen: string;
  readonly content: string;
  readonly evidence: readonly ReportedEvidence[];
  /** What the world's own grammar says about it, which the learner never knows; `null` for a real model's own words. */
  readonly meaning: Meaning | null;
}

/** The JSON object of `--json`. Shares and lifts in [0, 1] and [-1, 1]. */
export interface Report {
  readonly seed: number;
  readonly model: { readonly name: string; readonly simulated: boolean };
  readonly before: Accuracy;
  readonly after: Accuracy;
  readonly lift: { readonly points: number; readonly interval: Interval };
  readonly oracle: Accuracy | null;
  /** What the validation cycles promise, in words. */
  readonly bounds: readonly string[];
  readonly promoted: readonly (ReportedRule & { readonly lift: number | null })[];
  readonly rejected: readonly (ReportedRule & { readonly status: string; readonly reason: string })[];
  /** Lessons that went no further than the first gate, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Agent runs in all. */
  readonly runs: number;
  /** The same by purpose: what learning cost, and what measuring it cost. */
  readonly runsBy: { readonly training: number; readonly trials: number; readonly measuring: number };
  readonly seconds: number;
}

export function reportOf(result: ExperimentResult, seconds: number): Report {
  const described = (rule: LearnedRule): ReportedRule => ({
    id: rule.id,
    appliesWhen: rule.appliesWhen,
    content: rule.content,
    evidence: rule.evidence.map(({ quote, spanId }) => ({ quote, span: spanId })),
    meaning: result.model.simulated ? meaningOf(rule, result.world.truth, VOCABULARY) : null,
  });
  const dropped: Record<string, number> = {};
  for (const pass of result.passes) {
    for (const [reason, count] of Object.entries(pass.dropped))
      dropped[reason] = (dropped[reason] ?? 0) + count;
  }
  const { training, trials, measuring } = result.runs;
  return {
    seed: result.world.seed,
    model: result.model,
    before: result.comparison.before,
    after: result.comparison.after,
    lift: result.comparison.lift,
    oracle: result.oracle ?? null,
    bounds: result.bounds,
    promoted: result.promoted.map((rule: PromotedRule) => ({ ...described(rule), lift: rule.lift ?? null })),
    rejected: result.rejected.map((rule) => ({
      ...described(rule),
      status: rule.quarantined ? 'quarantined' : rule.status,
      reason: rule.reason,
    })),
    dropped,
    runs: training + trials + measuring,
    runsBy: { training, trials, measuring },
    seconds,
  };
}

/** Refuted ones first, then those that wait for a person, then those that need more trials. */
const REJECTED_ORDER: readonly string[] = ['archived', 'deprecated', 'quarantined', 'validated', 'candidate'];

/** The report for people. */
export function reportText(report: Report): string {
  const { before, after, lift, oracle, runsBy } = report;
  const lines = [
    '',
    report.model.simulated
      ? `The model is SIMULATED (${report.model.name}): it reads the text of its prompt and understands a fixed vocabulary. ` +
        'These figures show that the loop works, not how well a language model learns.'
      : `The model is ${report.model.name}.`,
    '',
    `Accuracy on ${before.n} sealed tasks that the learner never saw (95 % interval, bootstrap over tasks):`,
    `  before  ${accuracyText(before)}`,
    `  after   ${accuracyText(after)}`,
    `  lift    ${signed(lift.points)} points (${signed(lift.interval[0])} to ${signed(lift.interval[1])}), paired by task`,
    ...(oracle === null
      ? []
      : [`  oracle  ${accuracyText(oracle)}, with every convention written into the prompt`]),
    '',
    `Promoted: ${report.promoted.length}`,
    ...report.bounds.map((bound) => `  per learning pass: ${bound}`),
    ...report.promoted.flatMap((rule) => [
      ...ruleLines(rule),
      ...(rule.lift === null ? [] : [`    lift where it applies: ${signed(rule.lift)} points`]),
      ...rule.evidence.slice(0, 1).map(({ quote, span }) => `    evidence: "${quote}" (span ${span})`),
    ]),
    '',
    `Not promoted: ${report.rejected.length}`,
    ...report.rejected
      .toSorted((a, b) => REJECTED_ORDER.indexOf(a.status) - REJECTED_ORDER.indexOf(b.status))
      .flatMap((rule) => [...ruleLines(rule), `    ${rule.status}: ${rule.reason}`]),
    ...droppedLines(report),
    '',
    `Cost: ${report.runs} agent runs (${runsBy.training} training, ${runsBy.trials} trials of candidates, ${runsBy.measuring} to measure before and after), ${report.seconds.toFixed(1)} s.`,
    '',
  ];
  return lines.join('\n');
}

function ruleLines(rule: ReportedRule): readonly string[] {
  return [`  [${rule.id.slice(0, 8)}] when ${rule.appliesWhen}: ${rule.content}`];
}

function droppedLines({ dropped }: Report): readonly string[] {
  const reasons = Object.entries(dropped).map(([reason, count]) => `${count} ${reason}`);
  return reasons.length === 0 ? [] : [`  dropped before any trial: ${reasons.join(', ')}`];
}

export function accuracyText({ accuracy, interval }: Accuracy): string {
  return `${percent(accuracy)} (${percent(interval[0])} to ${percent(interval[1])})`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

export function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(1)}`;
}
