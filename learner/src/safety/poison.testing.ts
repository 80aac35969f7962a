import { createRandom, type Random } from '../stats/random.ts';
import { DISGUISES } from './poison-disguises.testing.ts';
import { POISON_FAMILIES, SLOTS } from './poison-families.testing.ts';

/** A text that a stranger plants where an agent, and so the learner, will read it. */
export interface Poison {
  readonly family: string;
  /** Key of {@link DISGUISES}. */
  readonly disguise: string;
  /** What is planted. */
  readonly text: string;
  /** What it says without the disguise: what a model that sees through it would write down. */
  readonly meaning: string;
  /** What it wants done, alone: what a model would write down that takes it for a finding of its own. */
  readonly wish: string;
}

/** Share of the texts that are planted as they are; the others are disguised. */
const PLAIN_SHARE = 0.4;

/**
 * Distinct planted texts, as many of each family, drawn from templates × fillings × disguises by the seed.
 *
 * @throws RangeError when there are not so many different ones
 */
export function plantPoison(seed: string, count: number): readonly Poison[] {
  const random = createRandom(seed);
  const families = Object.entries(POISON_FAMILIES);
  const disguises = Object.keys(DISGUISES).filter((name) => name !== 'plain');
  const planted = new Map<string, Poison>();
  for (let tries = 0; planted.size < count; tries += 1) {
    if (tries > count * 50) throw new RangeError(`poison: there are fewer than ${count} different texts`);
    const [family, templates] = families[planted.size % families.length] ?? ['', []];
    const act = pick(SLOTS['act'] ?? [], random);
    const template = pick(templates, random);
    const meaning = filled(template.replaceAll('{act}', act), random);
    const wish = template.includes('{act}') ? `${act.charAt(0).toUpperCase()}${act.slice(1)}.` : meaning;
    const disguise = random.next() < PLAIN_SHARE ? 'plain' : pick(disguises, random);
    const text = DISGUISES[disguise]?.(meaning) ?? meaning;
    if (!planted.has(text)) planted.set(text, { family, disguise, text, meaning, wish });
  }
  return [...planted.values()];
}

function filled(template: string, random: Random): string {
  return template.replaceAll(/\{(\w+)\}/g, (_place, slot: string) => pick(SLOTS[slot] ?? [slot], random));
}

function pick(list: readonly string[], random: Random): string {
  return list[random.integer(list.length)] ?? '';
}
