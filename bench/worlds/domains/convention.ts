import type { Recogniser } from '../../../examples/sql-agent/language/recognisers.ts';
import { BROAD, NAIVE } from '../../../examples/sql-agent/world/conventions.ts';

export { BROAD, NAIVE };

/** How people write about one convention. `{v}` stands for the value's name. */
export interface Forms {
  /** Situations, in the words that such tasks use, so that retrieval finds the lesson for them. */
  readonly when: readonly string[];
  /** Says the convention outright. */
  readonly exact: readonly string[];
  /** The same in words that nobody looked at while the worlds were tuned; used in the final run only. */
  readonly heldOut: readonly string[];
  /** Overshoots it. */
  readonly broad: readonly string[];
  /** On topic, and says nothing that could be followed. */
  readonly vague: readonly string[];
  /** Name of each value. */
  readonly names: Readonly<Record<string, string>>;
}

/** Something that every colleague knows and no task says. It has one true value, drawn by the world's seed. */
export interface Convention {
  readonly name: string;
  readonly values: readonly string[];
  readonly forms: Forms;
  /** Words by which the agent understands a sentence about it. */
  readonly words: Recogniser;
}

/** What somebody takes each convention to be: one of its values, {@link NAIVE} or {@link BROAD}. */
export type Beliefs = Readonly<Record<string, string>>;

/** Ways to say a sentence; the held-out ones are said in the final run only. */
const FRAMES: readonly string[] = ['{}', 'House rule: {}', '{} This is not written down anywhere.'];
const HELD_OUT_FRAMES: readonly string[] = [
  'In this house the following holds. {}',
  '{} Colleagues take it for granted.',
];

/** Multiplies the sentences of a convention by the frames they are said in. */
export function inFrames(forms: Forms): Forms {
  const framed = (frames: readonly string[], sentences: readonly string[]): string[] =>
    frames.flatMap((frame) => sentences.map((sentence) => frame.replace('{}', sentence)));
  return {
    ...forms,
    exact: framed(FRAMES, forms.exact),
    heldOut: framed(HELD_OUT_FRAMES, forms.heldOut),
  };
}

/** Every convention with the value that `of` gives it. */
export function beliefsAbout(
  conventions: readonly Convention[],
  of: (convention: Convention) => string,
): Beliefs {
  return Object.fromEntries(conventions.map((convention) => [convention.name, of(convention)]));
}

/** A lesson's sentence with the value filled in. */
export function sentenceOf({ forms }: Convention, sentence: string, value: string): string {
  return sentence.replaceAll('{v}', forms.names[value] ?? value);
}
