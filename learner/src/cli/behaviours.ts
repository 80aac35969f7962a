import { z } from 'zod';
import { shortId } from '../ids.ts';

export const behaviour: z.ZodType<BehaviourView> = z.looseObject({
  rules: z.tuple([z.string(), z.string()]),
  relation: z.enum(['duplicate', 'conflict', 'distinct']),
  changed: z.number(),
  agreeing: z.number(),
  together: z.number(),
  logEConflict: z.number(),
});

interface BehaviourView {
  readonly rules: readonly [string, string];
  readonly relation: 'duplicate' | 'conflict' | 'distinct';
  readonly changed: number;
  readonly agreeing: number;
  readonly together: number;
  readonly logEConflict: number;
}

/** Candidates that behave alike or against each other, in words; of the others only how many there are. */
export function behaviourLines(behaviours: readonly BehaviourView[]): string[] {
  if (behaviours.length === 0) return [];
  const told = behaviours.filter(({ relation }) => relation !== 'distinct');
  const others = behaviours.length - told.length;
  return [
    '',
    ...told.map(behaviourText),
    ...(others === 0
      ? []
      : [`Pairs of candidates that behave differently, as far as trials tell: ${others}.`]),
  ];
}

function behaviourText({ rules, relation, ...seen }: BehaviourView): string {
  const [one, other] = rules.map(shortId);
  return relation === 'duplicate'
    ? `${one} and ${other} behave alike: the same outcome on ${seen.agreeing} of ${seen.changed} cases that either changes.`
    : `${one} and ${other} work against each other: E = ${Math.exp(seen.logEConflict).toPrecision(3)} over ${seen.together} cases run with both.`;
}
