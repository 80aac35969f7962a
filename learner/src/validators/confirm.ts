import { itemReference } from '@tracelore/sdk/contract';
import { ruleTextHash } from '../knowledge/rule-hash.ts';
import type { Random } from '../stats/random.ts';
import type { TrialPlace, TrialSpec } from '../trials/trial-runner.ts';
import type { RaceSettings } from './race-options.ts';
import type { Contender, Race } from './race-state.ts';
import { runTrials } from './run-trials.ts';
import { renderBlocks, rulesWithout, triggeredCases } from './triggered-cases.ts';
import type { ValidationInput } from './validator.ts';

/** Judged pairs below which a confirmed lift is not published. */
const CONFIRM_PAIRS_MIN = 8;

interface ConfirmationTrial extends Pick<TrialSpec, 'caseId' | 'rules'> {
  readonly contender: Contender;
  readonly pair: number;
  readonly purpose: 'baseline' | 'treatment';
}

/**
 * Confirmation batches: fresh pairs for every promoted rule, the final rules in force against the same without it, in
 * random order over triggered cases, never used for a decision. Their mean is an unbiased lift, free of the winner's
 * curse. Rules are served in the order of their promotion while `confirmRuns` lasts.
 */
export async function confirmLifts(
  race: Race,
  input: ValidationInput,
  random: Random,
  settings: RaceSettings,
): Promise<void> {
  let left = settings.confirmRuns;
  const trials: ConfirmationTrial[] = [];
  const promoted = race.contenders.filter((contender) => contender.status === 'promoted');
  for (const contender of promoted) {
    const pairs = Math.min(settings.confirmPairs, Math.floor(left / 2));
    const cases = await casesInScope(contender, race, input);
    if (pairs < CONFIRM_PAIRS_MIN || cases.length === 0) continue;
    const own = random.split(`confirm ${ruleTextHash(contender.rule)}`);
    const order: string[] = [];
    while (order.length < pairs) order.push(...own.shuffle(cases));
    const all = race.inForce.rules.map(itemReference);
    const without = rulesWithout(race.inForce.rules, contender).map(itemReference);
    for (const [pair, caseId] of order.slice(0, pairs).entries()) {
      trials.push({ contender, pair, caseId, rules: without, purpose: 'baseline' });
      trials.push({ contender, pair, caseId, rules: all, purpose: 'treatment' });
    }
    contender.runs.confirm = 2 * pairs;
    left -= 2 * pairs;
  }
  if (trials.length === 0) return;
  const shuffled = random.split('confirm order').shuffle(trials);
  const results = await runTrials(
    input,
    shuffled.map((trial, position) => specOf(trial, position, race, input.id)),
  );
  if (!results.ok) return;
  for (const contender of promoted) {
    const scores = { baseline: new Map<number, number>(), treatment: new Map<number, number>() };
    for (const [index, trial] of shuffled.entries()) {
      const score = results.scores[index];
      if (trial.contender === contender && typeof score === 'number')
        scores[trial.purpose].set(trial.pair, score);
    }
    contender.confirmedLift = meanDifference(scores.treatment, scores.baseline);
  }
}

function specOf(
  { contender, pair, caseId, rules, purpose }: ConfirmationTrial,
  position: number,
  race: Race,
  group: string,
): TrialSpec {
  const candidate = itemReference(contender.rule);
  const { period, pass } = contender;
  const { round } = race;
  const place: TrialPlace = {
    phase: 'confirmation',
    round,
    position,
    candidate,
    coins: [],
    period,
    pass,
    block: '',
    pair,
  };
  return { caseId, rules, purpose, group, place };
}

/** Where the rule matters in the final set. */
async function casesInScope(
  contender: Contender,
  race: Race,
  input: ValidationInput,
): Promise<readonly string[]> {
  const rules = rulesWithout(race.inForce.rules, contender);
  const blocks = await renderBlocks(input.cases, rules, input.render);
  return triggeredCases(contender.rule, input.cases, { rules, blocks }, input.render, contender.replaces);
}

/** Mean over the pairs with both runs judged; null below {@link CONFIRM_PAIRS_MIN} of them. */
export function meanDifference(
  treatment: ReadonlyMap<number, number>,
  baseline: ReadonlyMap<number, number>,
): number | null {
  const differences = [...treatment].flatMap(([pair, score]) => {
    const without = baseline.get(pair);
    return without === undefined ? [] : [score - without];
  });
  if (differences.length < CONFIRM_PAIRS_MIN) return null;
  return differences.reduce((sum, value) => sum + value, 0) / differences.length;
}
