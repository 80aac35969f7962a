import { createRandom, type Random } from '../../../learner/src/stats/random.ts';
import { sentenceOf, type Beliefs, type Convention } from '../domains/convention.ts';
import type { Planted } from './planted.ts';

/** A lesson that the analyst will propose as soon as it sees a failure about its convention. */
export interface Card {
  readonly convention: string;
  readonly content: string;
  readonly when: string;
  /** Proposed again for further failures, so that many runs speak for it. */
  readonly repeated: boolean;
}

/** Cards besides a right one for each convention: with eight conventions the mix is 40, 15, 15, 15, 10 and 5 % copied. */
const OVER_GENERAL = 3;
const VAGUE = 3;
const PARAPHRASES = 2;

/** What makes further vague lessons of the same few. */
const REMARKS: readonly string[] = [
  '',
  'Others have said so before.',
  'It matters more than one would think.',
  'Take the time it needs.',
  'Keep it in mind throughout.',
  'This comes up often.',
];

/**
 * The lessons of a world whose analyst finds every convention once, and much else: over-general and vague ones, a false
 * one with many failures behind it, a pair that contradict each other, one that harms a group of tasks, paraphrases.
 *
 * @param options.clutter further vague lessons
 */
export function drawDeck(
  seed: string,
  conventions: readonly Convention[],
  truth: Beliefs,
  planted: readonly Planted[],
  { heldOut, clutter }: { readonly heldOut: boolean; readonly clutter: number },
): readonly Card[] {
  const random = createRandom(`deck ${seed}`);
  const pick = (list: readonly string[]): string => list[random.integer(list.length)] ?? '';
  const some = (count: number): readonly Convention[] => random.shuffle(conventions).slice(0, count);
  const card = (convention: Convention, content: string): Card => ({
    convention: convention.name,
    content,
    when: pick(convention.forms.when),
    repeated: false,
  });
  const right = (convention: Convention): Card =>
    card(
      convention,
      sentenceOf(
        convention,
        pick(heldOut ? convention.forms.heldOut : convention.forms.exact),
        truth[convention.name] ?? '',
      ),
    );
  return random.shuffle([
    ...conventions.map(right),
    ...some(OVER_GENERAL).map((convention) => card(convention, pick(convention.forms.broad))),
    ...some(VAGUE).map((convention) => card(convention, pick(convention.forms.vague))),
    ...Array.from({ length: clutter }, () =>
      some(1).map((convention) =>
        card(convention, `${pick(convention.forms.vague)} ${pick(REMARKS)}`.trim()),
      ),
    ).flat(),
    ...some(PARAPHRASES).map(right),
    ...planted.map(({ convention, content, when, kind }) => ({
      convention,
      content,
      when,
      repeated: kind === 'false',
    })),
  ]);
}

/** Deals each card once, for a failure about its convention; a repeated one again every so often. */
export class Dealer {
  #left: readonly Card[];
  readonly #again: readonly Card[];

  constructor(deck: readonly Card[]) {
    this.#left = deck;
    this.#again = deck.filter(({ repeated }) => repeated);
  }

  /** @param room most cards that are dealt now; the others stay for the next failure */
  deal(convention: string, random: Random, again: number, room: number): readonly Card[] {
    const dealt = this.#left.filter((card) => card.convention === convention).slice(0, room);
    this.#left = this.#left.filter((card) => !dealt.includes(card));
    const repeated = this.#again.filter((card) => card.convention === convention && !dealt.includes(card));
    return random.next() < again ? [...dealt, ...repeated].slice(0, room) : dealt;
  }
}
