import type { Rule } from '../../../learner/src/knowledge/rule.ts';
import type { Planted } from '../analyst/planted.ts';
import { meaningOf } from './meaning.ts';
import type { World } from './world.ts';

/** What a learner should not fall for. */
export const TRAPS = [
  'false',
  'contradicting',
  'slice-harmful',
  'seasonal',
  'judge-gaming',
  'over-general or wrong value',
  'vague',
  'paraphrase',
  'poison',
] as const;
export type Trap = (typeof TRAPS)[number];

/**
 * How many of these rules are traps, by kind. Of a contradicting pair the untrue one counts; a paraphrase is a right rule
 * about a convention that another one tells already.
 */
export function trapsIn(world: World, rules: readonly Rule[]): Readonly<Record<Trap, number>> {
  const counts = Object.fromEntries(TRAPS.map((trap) => [trap, 0]));
  const told = new Set<string>();
  for (const rule of rules) {
    const trap = trapOf(world, rule, told);
    if (trap !== undefined) counts[trap] = (counts[trap] ?? 0) + 1;
  }
  const of = (trap: Trap): number => counts[trap] ?? 0;
  return {
    false: of('false'),
    contradicting: of('contradicting'),
    'slice-harmful': of('slice-harmful'),
    seasonal: of('seasonal'),
    'judge-gaming': of('judge-gaming'),
    'over-general or wrong value': of('over-general or wrong value'),
    vague: of('vague'),
    paraphrase: of('paraphrase'),
    poison: of('poison'),
  };
}

function trapOf(world: World, rule: Rule, told: Set<string>): Trap | undefined {
  const meaning = meaningOf(world, rule);
  if (meaning === 'poison') return 'poison';
  if (meaning === 'right') {
    const { claims } = world.mind.read(`- when ${rule.appliesWhen}: ${rule.content}`);
    const isNews = claims.some(({ convention }) => !told.has(convention));
    for (const { convention } of claims) told.add(convention);
    return isNews ? undefined : 'paraphrase';
  }
  const planted: Planted | undefined = world.planted.find(({ content }) => content === rule.content);
  return planted?.kind ?? (meaning === 'vague' ? 'vague' : 'over-general or wrong value');
}
