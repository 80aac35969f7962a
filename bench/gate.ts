import { wilsonInterval } from '../learner/src/stats/wilson.ts';
import { conventionWorld } from '../learner/src/validators/convention-world.testing.ts';
import { createRaceValidator } from '../learner/src/validators/race.ts';
import type { RaceOptions } from '../learner/src/validators/race-options.ts';
import { independentWorld, type SimulatedWorld } from '../learner/src/validators/simulated-world.testing.ts';
import { printTable } from './sample.ts';

/**
 * `node --conditions=@tracelore/source bench/gate.ts [cycles]`: how often the gate promotes what does not help, how much of
 * what helps it finds, and what that costs, over simulated worlds with known effects. Figures prove mechanism: no language
 * is understood here. The simulated worlds are not published, so this benchmark reads the learner's sources.
 */
interface Scenario {
  readonly name: string;
  readonly world: (seed: string) => SimulatedWorld;
  readonly helps: (ruleId: string) => boolean;
  readonly options: RaceOptions;
}

interface Tally {
  cycles: number;
  withFalse: number;
  found: number;
  useful: number;
  runs: number;
  /** Sums over promoted rules with a confirmed lift, score units. */
  confirmedError: number;
  confirmed: number;
  /** Accuracies summed over cycles. */
  before: number;
  after: number;
  oracle: number;
}

const CYCLES = 100;
const EVAL_CASES = 200;
const USELESS = Array.from({ length: 20 }, () => 0);
const MIXED = [0.8, 0.6, 0.5, -0.6, -0.5, ...USELESS.slice(5)];
const CONFIRM = { confirmRuns: 1_000 };

const independent =
  (effects: readonly number[], mean: number): Scenario['world'] =>
  (seed) =>
    independentWorld({ seed, cases: EVAL_CASES, coverage: 0.15, mean, icc: 0.4, effects });
const together =
  (spill: number): Scenario['world'] =>
  (seed) =>
    conventionWorld({ seed, cases: EVAL_CASES, conventions: 9, wrong: 6, vague: 5, spill });
const isRight = (ruleId: string): boolean => ruleId.startsWith('right');
const isGood = (ruleId: string): boolean => ['rule-0', 'rule-1', 'rule-2'].includes(ruleId);
const isNothing = (): boolean => false;

const PAIRED: readonly Scenario[] = [
  { name: '20 useless', world: independent(USELESS, 0.6), helps: isNothing, options: { runsBudget: 2_500 } },
  {
    name: '20 useless, e-BH',
    world: independent(USELESS, 0.6),
    helps: isNothing,
    options: { runsBudget: 2_500, control: 'fdr' },
  },
  {
    name: '3 good, 2 harmful, 15 useless; 1 500 trials',
    world: independent(MIXED, 0.5),
    helps: isGood,
    options: { runsBudget: 1_500, ...CONFIRM },
  },
  {
    name: '3 good, 2 harmful, 15 useless; 4 000 trials',
    world: independent(MIXED, 0.5),
    helps: isGood,
    options: { runsBudget: 4_000, ...CONFIRM },
  },
  {
    name: '9 that help together, 6 wrong, 5 vague; 2 500 trials',
    world: together(0.05),
    helps: isRight,
    options: { runsBudget: 2_500, ...CONFIRM },
  },
  {
    name: 'the same, retrieved on 15 % foreign cases; 4 000 trials',
    world: together(0.15),
    helps: isRight,
    options: { runsBudget: 4_000, ...CONFIRM },
  },
];

/** The same worlds and budgets with every candidate in the same randomised trials. */
const FACTORIAL: readonly Scenario[] = PAIRED.map(({ name, options, ...scenario }) => ({
  ...scenario,
  name: `factorial: ${name}`,
  options: { ...options, mode: 'factorial' },
}));
const SCENARIOS: readonly Scenario[] = [...PAIRED, ...FACTORIAL];

function accuracy(world: SimulatedWorld, ids: readonly string[]): number {
  const references = ids.map((id) => `${id}@1`);
  const cases = world.input.cases;
  return cases.reduce((sum, each) => sum + world.probability(each.id, references), 0) / cases.length;
}

async function runCycle(scenario: Scenario, seed: string, tally: Tally): Promise<void> {
  const world = scenario.world(seed);
  const report = await createRaceValidator(scenario.options).validate(world.input);
  const promoted = report.reports.filter((each) => each.status === 'promoted');
  const ids = promoted.map((each) => each.ruleId);
  const useful = world.candidates.map((rule) => rule.id).filter((id) => scenario.helps(id));
  tally.cycles += 1;
  tally.runs += report.runsUsed;
  tally.useful += useful.length;
  tally.found += ids.filter((id) => scenario.helps(id)).length;
  if (ids.some((id) => !scenario.helps(id))) tally.withFalse += 1;
  tally.before += accuracy(world, []);
  tally.after += accuracy(world, ids);
  tally.oracle += accuracy(world, useful);
  const rules = world.candidates.filter((rule) => ids.includes(rule.id));
  for (const { ruleId, lift } of promoted) {
    const rule = rules.find((each) => each.id === ruleId);
    if (rule === undefined || lift.confirmed === null) continue;
    const truth = world.lift(
      rule,
      rules.filter((other) => other !== rule),
    );
    tally.confirmedError += lift.confirmed - truth;
    tally.confirmed += 1;
  }
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}

function row(name: string, tally: Tally, ms: number): (string | number)[] {
  const [lower, upper] = wilsonInterval(tally.withFalse, tally.cycles);
  const gain = (tally.after - tally.before) / (tally.oracle - tally.before);
  return [
    name,
    `${percent(tally.withFalse, tally.cycles)} [${(100 * lower).toFixed(1)}, ${(100 * upper).toFixed(1)}]`,
    percent(tally.found, tally.useful),
    tally.useful === 0 ? '–' : gain.toFixed(3),
    tally.confirmed === 0 ? '–' : ((100 * tally.confirmedError) / tally.confirmed).toFixed(1),
    Math.round(tally.runs / tally.cycles),
    Math.round(ms / tally.cycles),
  ];
}

const cycles = Number(process.argv[2] ?? CYCLES);
if (!Number.isSafeInteger(cycles) || cycles < 1)
  throw new Error(`cycles: expected an integer of at least 1, got "${process.argv[2]}"`);
const rows: (string | number)[][] = [];
for (const scenario of SCENARIOS) {
  const tally: Tally = {
    cycles: 0,
    withFalse: 0,
    found: 0,
    useful: 0,
    runs: 0,
    confirmedError: 0,
    confirmed: 0,
    before: 0,
    after: 0,
    oracle: 0,
  };
  const start = performance.now();
  for (let i = 0; i < cycles; i += 1) await runCycle(scenario, `${scenario.name} ${i}`, tally);
  rows.push(row(scenario.name, tally, performance.now() - start));
}
console.log(
  `${cycles} cycles each, ${EVAL_CASES} eval cases, ICC .4; α 5 %, e-Bonferroni unless said otherwise\n`,
);
printTable(
  ['candidates', 'cycles with a false promotion', 'found', 'gain', 'confirmed − true', 'trials', 'ms'],
  rows,
);
console.log(
  '\ngain: share of what all useful rules together could gain; confirmed − true: points, mean over promoted rules; 95 % Wilson intervals',
);
