import { itemReference } from '@tracelore/sdk/contract';
import type { Random } from '../stats/random.ts';
import type { TrialSpec } from '../trials/trial-runner.ts';
import { isOpenFlip, pairDifferences, RERUN_PAIRS } from './critical-task.ts';
import { flippedTasks, rerunKey } from './critical-tasks.ts';
import { logThreshold } from './decide.ts';
import { logEvidence } from './evidence.ts';
import { STEER_E, type RaceSettings } from './race-options.ts';
import type { Contender, Race } from './race-state.ts';
import { runTrials, type Scores } from './run-trials.ts';
import { treatedRules } from './triggered-cases.ts';
import type { ValidationInput } from './validator.ts';

/** One run of a rerun. */
interface Rerun {
  readonly contender: Contender;
  readonly caseId: string;
  readonly pair: number;
  readonly purpose: 'baseline' | 'treatment';
}

/**
 * Looks into flips of critical tasks by contenders that could be promoted: {@link RERUN_PAIRS} fresh runs with the rule and
 * as many without, in random order, within the budget, and once more where these flip too. Rounds of their own.
 *
 * @returns why the cycle must stop; undefined = it goes on
 */
export async function rerunFlips(
  race: Race,
  input: ValidationInput,
  random: Random,
  settings: RaceSettings,
): Promise<Extract<Scores, { ok: false }> | undefined> {
  for (;;) {
    const planned = planReruns(race, settings);
    if (planned.length === 0) return undefined;
    const order = random.split(`reruns ${race.round}`).shuffle(planned);
    const results = await runTrials(
      input,
      order.map((rerun, position) => specOf(rerun, position, race, input.id)),
    );
    race.runsUsed += order.length;
    if (!results.ok) return results;
    race.round += 1;
    record(race, order, results.scores);
  }
}

/** Ends: each task of a contender is looked into a bounded number of times. */
function planReruns(race: Race, settings: RaceSettings): Rerun[] {
  const planned: Rerun[] = [];
  for (const contender of race.contenders) {
    if (contender.status !== 'active' || !isNearPromotion(contender, settings)) continue;
    for (const task of flippedTasks(contender, race).filter(isOpenFlip)) {
      if (race.runsUsed + planned.length + 2 * RERUN_PAIRS > settings.runsBudget) continue;
      const { caseId, reruns } = task;
      for (let each = 0; each < RERUN_PAIRS; each += 1) {
        const pair = reruns.times * RERUN_PAIRS + each;
        planned.push({ contender, caseId, pair, purpose: 'baseline' });
        planned.push({ contender, caseId, pair, purpose: 'treatment' });
      }
    }
  }
  return planned;
}

/** Whether what only promotions need is worth its cost. */
export function isNearPromotion(contender: Contender, settings: RaceSettings): boolean {
  const enough = Math.min(Math.log(STEER_E), logThreshold(contender, settings));
  return logEvidence(contender.evidence).benefit >= enough;
}

function specOf(
  { contender, caseId, pair, purpose }: Rerun,
  position: number,
  { inForce, round }: Race,
  group: string,
): TrialSpec {
  const { rule, replaces, period, pass } = contender;
  const rules = purpose === 'baseline' ? inForce.rules : treatedRules(inForce.rules, rule, replaces);
  const candidate = itemReference(rule);
  return {
    caseId,
    rules: rules.map(itemReference),
    purpose,
    group,
    place: { phase: 'rerun', round, position, candidate, coins: [], period, pass, block: '', pair },
  };
}

/** Adds the pairs of which both runs were judged, in their order. */
function record(race: Race, order: readonly Rerun[], scores: readonly (number | null)[]): void {
  const scored = order.map((rerun, index) => ({ ...rerun, score: scores[index] ?? null }));
  const byTask = Map.groupBy(scored, ({ contender, caseId }) => rerunKey(contender, caseId));
  for (const [key, runs] of byTask) {
    const before = race.reruns[key] ?? { times: 0, differences: [] };
    race.reruns[key] = {
      times: before.times + 1,
      differences: [...before.differences, ...pairDifferences(runs.map((run) => ({ ...run, place: run })))],
    };
  }
}
