import { itemReference } from '@tracelore/sdk/contract';
import { compareBehaviour, type Behaviour } from './behaviour.ts';
import { liftInterval } from './evidence.ts';
import { TRIGGERED_TASKS_MIN } from './race-options.ts';
import type { Contender, Race } from './race-state.ts';

/** Share of a duplicate's cases on which the rule that it repeats must be given too. */
const COVERED_MIN = 0.95;

/** A promoted contender that another one cannot stand beside. */
interface Rival {
  readonly promoted: Contender;
  readonly behaviour: Behaviour;
}

/** Which of these promoted contenders this one repeats, or works against; undefined = it may stand beside them all. */
export function rivalOf(contender: Contender, promoted: readonly Contender[], race: Race): Rival | undefined {
  for (const one of promoted) {
    const behaviour = behaviourOf(one, contender, race);
    if (behaviour?.relation === 'conflict') return { promoted: one, behaviour };
    // Who was proven beside a rule adds something to it.
    const isBeside = contender.incumbents.includes(itemReference(one.rule));
    if (behaviour?.relation === 'duplicate' && !isBeside && covers(one, contender))
      return { promoted: one, behaviour };
  }
  return undefined;
}

/** Whether the contender stays out for its rival: as a duplicate, or because its lift is not surely the higher one. */
export function yieldsTo(contender: Contender, { promoted, behaviour }: Rival): boolean {
  return behaviour.relation === 'duplicate' || surely(contender) <= surely(promoted);
}

/** Takes a contender out of the cycle for another one. */
export function leaveFor(contender: Contender, winner: Contender, behaviour: Behaviour): void {
  const reference = itemReference(winner.rule);
  contender.status = 'rejected';
  contender.yieldsTo = { rule: reference, behaviour };
  contender.reason =
    behaviour.relation === 'duplicate'
      ? `it behaves like rule ${reference}: the same outcome on ${behaviour.agreeing} of ${behaviour.changed} cases that either changes`
      : `together with rule ${reference} outcomes are lower than with one of them, E = ${Math.exp(behaviour.logEConflict).toPrecision(3)} over ${behaviour.together} cases, and that one's lift is the higher one`;
}

/** What the trials say about each two candidates that are given together; of who left for whom, what it was decided on. */
export function behaviours(race: Race): Behaviour[] {
  const entered = race.contenders.filter((contender) => contender.entered);
  return entered.flatMap((one, index) =>
    entered.slice(index + 1).flatMap((other) => {
      const decided = decidedOn(one, other) ?? decidedOn(other, one);
      const behaviour = decided ?? behaviourOf(one, other, race);
      return behaviour === undefined || behaviour.changed + behaviour.together === 0 ? [] : [behaviour];
    }),
  );
}

function decidedOn({ yieldsTo: left }: Contender, { rule }: Contender): Behaviour | undefined {
  return left?.rule === itemReference(rule) ? left.behaviour : undefined;
}

function behaviourOf(one: Contender, other: Contender, race: Race): Behaviour | undefined {
  if (shared(one, other) < TRIGGERED_TASKS_MIN) return undefined;
  const replaced = [one, other].flatMap(({ replaces }) => (replaces ? [itemReference(replaces)] : []));
  const rules = [itemReference(one.rule), itemReference(other.rule)] as const;
  return compareBehaviour(rules, race.trials, race.round, replaced);
}

/** Whether the agent is given the one rule wherever it would be given the other. */
function covers(contender: Contender, other: Contender): boolean {
  return shared(contender, other) >= COVERED_MIN * other.triggered.length;
}

/** Cases on which the agent would be given either. */
function shared({ triggered }: Contender, other: Contender): number {
  const cases = new Set(triggered);
  return other.triggered.filter((id) => cases.has(id)).length;
}

/** Lower end of what its lift may be. */
function surely({ evidence }: Contender): number {
  return liftInterval(evidence)[0];
}
