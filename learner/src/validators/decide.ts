import { itemReference } from '@tracelore/sdk/contract';
import { eBh } from '../stats/e-bh.ts';
import { eBonferroni, eBonferroniLogThreshold } from '../stats/e-bonferroni.ts';
import { criticalVeto } from './critical-tasks.ts';
import { advancePass } from './draw-cases.ts';
import { logEvidence, meanLift, provisionalLift, withMde } from './evidence.ts';
import { missingKeys, points } from './promotion-keys.ts';
import {
  FUTILITY_E,
  HARM_E,
  REOPEN_OVERLAP,
  TRIGGERED_TASKS_MIN,
  VOID_PAIRS_MAX,
  type RaceSettings,
} from './race-options.ts';
import { alphaOf, noEvidence, tooFewCases, type Contender, type Race } from './race-state.ts';
import { leaveFor, rivalOf, yieldsTo } from './rivals.ts';
import { renderBlocks, rulesWithout, treatedRules, triggeredCases, type Render } from './triggered-cases.ts';

/** One look at all evidence: harmful ones leave, proven ones join the rules in force, hopeless ones stop. */
export async function decide(race: Race, render: Render, settings: RaceSettings): Promise<void> {
  for (const contender of active(race)) {
    const { harm } = logEvidence(contender.evidence);
    if (harm >= Math.log(HARM_E))
      settle(
        contender,
        'harmful',
        `lowers outcomes by ${points(meanLift(contender.evidence))}: ${e(harm)} for harm`,
      );
  }
  // One at a time: a promotion may change the question that the next one answered.
  for (let winner = nextWinner(race, settings); winner !== undefined; winner = nextWinner(race, settings))
    await promote(winner, race, render, settings);
  for (const contender of active(race)) {
    const { futility } = logEvidence(contender.evidence);
    const veto = criticalVeto(contender, race);
    if (futility >= Math.log(FUTILITY_E))
      settle(contender, 'futile', `a lift of ${points(race.mde)} is ruled out: ${e(futility)} against it`);
    else if (veto !== undefined) settle(contender, 'inconclusive', veto);
    else if (givesNoResults(contender))
      settle(contender, 'inconclusive', `most of its ${contender.attempts} pairs gave no result`);
    else if (!advancePass(contender, settings))
      settle(contender, 'inconclusive', exhausted(contender, race, settings));
  }
}

/**
 * Re-opens futile contenders with a smaller lift worth finding; their evidence is kept. Happens once per cycle.
 *
 * @returns whether anybody competes again
 */
export function climbLadder(race: Race, settings: RaceSettings): boolean {
  if (!settings.ladder || race.mde <= settings.ladderMde) return false;
  race.mde = settings.ladderMde;
  for (const contender of race.contenders) {
    if (contender.status !== 'futile') continue;
    const evidence = withMde(contender.evidence, race.mde);
    if (logEvidence(evidence).futility >= Math.log(FUTILITY_E)) continue;
    if (!advancePass(contender, settings)) continue;
    contender.evidence = evidence;
    contender.mde = race.mde;
    contender.status = 'active';
    contender.reason = '';
  }
  return active(race).length > 0;
}

/** Log of the E a contender needs in its current period, with e-Bonferroni; e-BH may ask for less. */
export function logThreshold(contender: Contender, settings: RaceSettings): number {
  return eBonferroniLogThreshold(alphaOf(contender, settings), contender.weight);
}

function active(race: Race): Contender[] {
  return race.contenders.filter((contender) => contender.status === 'active');
}

function settle(contender: Contender, status: Contender['status'], reason: string): void {
  contender.status = status;
  contender.reason = `${reason}, ${contender.evidence.n} pairs`;
}

function nextWinner(race: Race, settings: RaceSettings): Contender | undefined {
  const family = race.contenders.filter((contender) => contender.entered);
  const members = family.map((contender) => {
    const logE = logEvidence(contender.evidence).benefit;
    // With less evidence nobody is promoted even where all others are: the keys are not looked at.
    const isWithinReach = logE >= logThreshold(contender, settings) - Math.log(race.size);
    return {
      logE,
      alpha: alphaOf(contender, settings),
      weight: contender.weight,
      eligible:
        contender.status === 'promoted' ||
        (contender.status === 'active' &&
          isWithinReach &&
          missingKeys(contender, race, settings).length === 0),
    };
  });
  const select = settings.control === 'fdr' ? eBh : eBonferroni;
  const margin = (contender: Contender): number =>
    logEvidence(contender.evidence).benefit - logThreshold(contender, settings);
  return select(members, settings.alpha, race.size)
    .flatMap((index) => family[index] ?? [])
    .filter((contender) => contender.status === 'active')
    .sort((a, b) => margin(b) - margin(a))[0];
}

async function promote(winner: Contender, race: Race, render: Render, settings: RaceSettings): Promise<void> {
  const earlier = race.contenders.filter(({ status }) => status === 'promoted');
  const rival = rivalOf(winner, earlier, race);
  if (rival !== undefined && yieldsTo(winner, rival)) {
    leaveFor(winner, rival.promoted, rival.behaviour);
    return;
  }
  const { benefit } = logEvidence(winner.evidence);
  settle(
    winner,
    'promoted',
    `${e(benefit)}, provisional lift ${points(provisionalLift(winner.evidence))} in scope`,
  );
  winner.incumbents = race.inForce.rules.map(itemReference);
  if (rival !== undefined) leaveFor(rival.promoted, winner, rival.behaviour);
  const before = race.inForce.blocks;
  const others = rival === undefined ? race.inForce.rules : rulesWithout(race.inForce.rules, rival.promoted);
  const rules = treatedRules(others, winner.rule, winner.replaces);
  for (const contender of race.contenders) {
    // What is no longer in force cannot be replaced once more.
    if (contender !== winner && contender.replaces === winner.replaces) contender.replaces = undefined;
  }
  race.inForce = { rules, blocks: await renderBlocks(Object.values(race.cases), rules, render) };
  const changed = new Set(Object.keys(before).filter((id) => before[id] !== race.inForce.blocks[id]));
  for (const contender of race.contenders) {
    if (!isOpenQuestion(contender)) continue;
    const promoted = rivalOf(contender, [winner], race);
    if (promoted !== undefined && yieldsTo(contender, promoted))
      leaveFor(contender, winner, promoted.behaviour);
    else await askAgain(contender, race, changed, render, settings);
  }
}

/** Promoted and harmful contenders are settled for the cycle; so is who never entered. */
function isOpenQuestion({ entered, status }: Contender): boolean {
  return entered && (status === 'active' || status === 'futile' || status === 'inconclusive');
}

/**
 * A promotion changed what the contender is compared with. Its evidence is kept while most of its question is the same;
 * else it starts a new period. A stopped contender counts the changes of all promotions since its period began: a rule
 * that only helps together with others gets another chance once they are in force.
 */
async function askAgain(
  contender: Contender,
  race: Race,
  changed: ReadonlySet<string>,
  render: Render,
  settings: RaceSettings,
): Promise<void> {
  const touched = contender.triggered.filter((id) => changed.has(id));
  contender.changed = [...new Set([...contender.changed, ...touched])];
  const scope = Math.max(1, contender.triggered.length);
  const restart =
    contender.status === 'active'
      ? touched.length >= settings.restartOverlap * scope
      : contender.changed.length >= REOPEN_OVERLAP * scope;
  const cases = Object.values(race.cases);
  contender.triggered = await triggeredCases(contender.rule, cases, race.inForce, render, contender.replaces);
  if (!restart) return;
  if (contender.period + 1 >= settings.periodsMax) {
    settle(contender, 'deferred', `promotions changed its baseline ${settings.periodsMax} times; next cycle`);
    return;
  }
  contender.period += 1;
  contender.pass += 1;
  contender.passFirst = contender.pass;
  contender.drawn = [];
  contender.attempts = 0;
  contender.changed = [];
  contender.roundFirst = race.round;
  contender.evidence = noEvidence(settings, race.mde);
  contender.mde = race.mde;
  contender.incumbents = race.inForce.rules.map(itemReference);
  const enough = contender.triggered.length >= TRIGGERED_TASKS_MIN;
  contender.status = enough ? 'active' : 'needs_more_eval';
  contender.reason = enough ? '' : tooFewCases(contender.triggered.length);
}

function givesNoResults({ evidence, attempts }: Contender): boolean {
  const voided = attempts - evidence.n;
  return voided >= VOID_PAIRS_MAX && voided > evidence.n;
}

function exhausted(contender: Contender, race: Race, settings: RaceSettings): string {
  const { benefit } = logEvidence(contender.evidence);
  const threshold = logThreshold(contender, settings);
  const missing = [
    ...(benefit < threshold ? [`${e(benefit)}, below ${Math.exp(threshold).toFixed(0)}`] : []),
    ...missingKeys(contender, race, settings),
  ];
  return `its pairs are used up: ${missing.join('; ')}`;
}

/** Evidence in words. */
function e(logE: number): string {
  return `E = ${Math.exp(logE).toPrecision(3)}`;
}
