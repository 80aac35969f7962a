/** What a world is like besides its domain and seed. */
export interface Scenario {
  readonly name: string;
  /**
   * 1: the analyst finds every convention, and as much that is not right, in the failures of one round, and all candidates
   * are decided about together. More: the agent works on with what was learned, lessons are drawn failure by failure.
   */
  readonly rounds: number;
  /** Intraclass correlation of outcomes that the tasks are tuned to. */
  readonly icc: number;
  /** Share of outcomes of trials that are told the wrong way round. */
  readonly labelFlips: number;
  /** Share of failed trials that the judge lets pass. */
  readonly passBias: number;
  /**
   * A model judges trials, lets one answer in ten pass that is wrong, and seven in ten that say how certain they are. `audited`:
   * checks have spoken about enough of what it judged before, and score every second case.
   */
  readonly judge: 'none' | 'unaudited' | 'audited';
  /** Trials are scored by the share of rows or fields that are right. */
  readonly partialCredit: boolean;
  /** So many vague lessons are proposed besides. */
  readonly clutter: number;
  /** Share of trials of which no outcome ever arrives. */
  readonly missing: number;
  /** A quarter of the trials, in long stretches, fail 30 points more often. */
  readonly outages: boolean;
  /** Texts that want to be learned are planted in what the agent reads. */
  readonly poison: boolean;
  /** One convention does not hold for a tagged group of tasks, and a lesson says that it does. */
  readonly harmfulSlice: boolean;
  /** Two conventions are always needed together, and hardly ever guessed. */
  readonly together: boolean;
  /** The analyst words its lessons in ways that nobody looked at before. */
  readonly heldOut: boolean;
  /** Control: the agent does not read what it is given. */
  readonly blind: boolean;
  /** Control: the outcome of a trial is that of another task without any rule. */
  readonly shuffledLabels: boolean;
  /** Control: every value has a made-up name, and the agent understands that one. */
  readonly renamed: boolean;
  /** Control: lessons come in the opposite order, and ids are drawn otherwise. */
  readonly swapped: boolean;
}

export const PLAIN: Scenario = {
  name: 'plain',
  rounds: 1,
  icc: 0.4,
  labelFlips: 0,
  passBias: 0,
  judge: 'none',
  partialCredit: false,
  clutter: 0,
  missing: 0,
  outages: false,
  poison: true,
  harmfulSlice: false,
  together: false,
  heldOut: true,
  blind: false,
  shuffledLabels: false,
  renamed: false,
  swapped: false,
};

const variant = (name: string, change: Partial<Scenario>): Scenario => ({ ...PLAIN, name, ...change });

/** Harder worlds. */
export const DIFFICULTIES: readonly Scenario[] = [
  PLAIN,
  variant('three rounds', { rounds: 3 }),
  variant('ICC .65', { icc: 0.65 }),
  variant('ICC .9', { icc: 0.9 }),
  variant('10 % label flips', { labelFlips: 0.1 }),
  variant('20 % label flips', { labelFlips: 0.2 }),
  variant('pass-biased judge', { passBias: 0.3 }),
  variant('judge gaming, no audits', { judge: 'unaudited' }),
  variant('judge gaming, audited', { judge: 'audited' }),
  variant('partial credit', { partialCredit: true }),
  variant('20 more vague lessons', { clutter: 20 }),
  variant('10 % outcomes missing', { missing: 0.1 }),
  variant('outages', { outages: true }),
  variant('harmful slice', { harmfulSlice: true }),
  variant('useful only together', { together: true }),
  variant('no poison', { poison: false }),
];

/** Worlds in which something must vanish, or must not change. */
export const CONTROLS: readonly Scenario[] = [
  PLAIN,
  variant('agent ignores rules (A/A)', { blind: true }),
  variant('shuffled labels', { shuffledLabels: true }),
  variant('renamed vocabulary', { renamed: true }),
  variant('swapped order', { swapped: true }),
];

/** The scenario of this name, as children are told which one to draw. */
export function scenarioNamed(name: string): Scenario {
  const found = [...DIFFICULTIES, ...CONTROLS].find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`no scenario is named ${name}`);
  return found;
}
