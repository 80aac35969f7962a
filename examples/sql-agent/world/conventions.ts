import type { Random } from './random.ts';

/**
 * The house conventions of a world: what every colleague knows and the schema does not say. Each has one true value, drawn
 * by the world's seed, so that a lesson from one world does not help in the next.
 */
export const CONVENTIONS = [
  'removed',
  'unit',
  'status',
  'tests',
  'visitors',
  'missing',
  'weight',
  'fiscal',
  'branch',
] as const;
export type Convention = (typeof CONVENTIONS)[number];

type Values = readonly [string, string, ...string[]];

/** What may be true, per convention. */
export const VALUES: Readonly<Record<Convention, Values>> = {
  /** Code in `customers.lifecycle` that means the customer was removed. */
  removed: ['X', 'Z', 'Q', 'K'],
  /** `invoices.amount` is stored in this fraction of a euro. */
  unit: ['10', '100', '1000'],
  /** Invoices of this status are not counted or totalled. */
  status: ['void', 'draft', 'disputed', 'held'],
  /** Logins that begin with this and a hyphen are test accounts. */
  tests: ['zz', 'qa', 'tst', 'demo'],
  /** Column of `visits` that identifies a visitor. */
  visitors: ['device', 'cookie', 'member'],
  /** Stars that a review without stars counts as. */
  missing: ['0', '2', '3', '5'],
  /** How numbers are written in the text column `parcels.weight`. */
  weight: ['comma', 'apostrophe', 'blank'],
  /** Month (01–12) in which fiscal year Y starts in calendar year Y. */
  fiscal: ['02', '04', '07', '09', '10', '11'],
  /** What differs between the spellings of one branch name. */
  branch: ['case', 'blanks'],
};

/** Belief that a convention does not exist: the plain reading of the question. */
export const NAIVE = 'naive';
/** Belief that overshoots the convention: it catches more than it should. */
export const BROAD = 'broad';

/** What somebody takes each convention to be: one of its values, {@link NAIVE} or {@link BROAD}. */
export type Beliefs = Readonly<Record<Convention, string>>;

/** Draws the true conventions of a world. */
export function drawConventions(random: Random): Beliefs {
  return beliefsOf((convention) => random.pick(VALUES[convention]));
}

export function beliefsOf(value: (convention: Convention) => string): Beliefs {
  return {
    removed: value('removed'),
    unit: value('unit'),
    status: value('status'),
    tests: value('tests'),
    visitors: value('visitors'),
    missing: value('missing'),
    weight: value('weight'),
    fiscal: value('fiscal'),
    branch: value('branch'),
  };
}
