import { describe, expect, it } from 'vitest';
import { benefitLogE, observeBenefit, startBenefit } from './benefit.ts';
import { bet, bettingLogE, startBetting, type Betting, type Direction } from './betting.ts';
import { clusteredLogE } from './clustered-key.ts';
import { factorialIncrement, predictOutcome } from './factorial-increment.ts';
import { mcnemarLogE } from './mcnemar-e.ts';
import { onlineIncrement } from './online-increment.ts';
import { createRandom, type Random } from './random.ts';
import { sampleRatioLogE } from './sample-ratio.ts';
import { detect, detectorValue, startDetector } from './shiryaev-roberts.ts';

const PATHS = 20_000;
const STEPS = 40;
/** Observations after which the mean of E is taken: later it is in a few paths out of thousands. */
const EARLY = 6;
const THRESHOLD = 20;
const TIMEOUT_MS = 120_000;

/** Log E of one path after each of its observations, on the edge of the null. */
type Path = (random: Random, steps: number) => Iterable<number>;

/** The betting process on values drawn one by one. */
function* betting(start: Betting, draw: (step: number) => number, steps: number): Generator<number> {
  let process = start;
  for (let step = 0; step < steps; step += 1) {
    process = bet(process, draw(step));
    yield bettingLogE(process);
  }
}

/** Graded values around a mean: −1, mean or 1, so that the mean is exact. */
const graded =
  (m0: number, direction: Direction): Path =>
  (random, steps) =>
    betting(
      startBetting(m0, direction),
      () => {
        const u = random.next();
        return u < (1 + m0) / 4 ? 1 : u < 0.5 ? -1 : m0;
      },
      steps,
    );

/** Chance of success at a step: tasks differ, and an outage lasts half of the path. */
function baseOf(step: number): number {
  return (step % 3 === 0 ? 0.9 : 0.5) - (step > STEPS / 2 ? 0.3 : 0);
}

const factorial =
  (effect: number, m0: number, direction: Direction): Path =>
  (random, steps) => {
    const tasks = [0, 1, 2].map(() => ({ n: 0, sum: 0 }));
    let all = { n: 0, sum: 0 };
    return betting(
      startBetting(m0, direction),
      (step) => {
        const included = random.next() < 0.5;
        const task = tasks[step % 3] ?? { n: 0, sum: 0 };
        const expected = predictOutcome(task.sum, task.n, all.n === 0 ? 0.5 : all.sum / all.n);
        const y = Number(random.next() < baseOf(step) - 0.1 + (included ? effect : 0));
        tasks[step % 3] = { n: task.n + 1, sum: task.sum + y };
        all = { n: all.n + 1, sum: all.sum + y };
        return factorialIncrement(included, y, expected);
      },
      steps,
    );
  };

/** The share withheld follows from the past, as in the stages; futility asks about a lift at each share anew. */
const online = (effect: number, direction: Direction): Path =>
  function* (random, steps) {
    let process = startBetting(0, direction);
    let [n, sum] = [0, 0];
    for (let step = 0; step < steps; step += 1) {
      const propensity = sum > n / 2 ? 0.9 : 0.5;
      const injected = random.next() < propensity;
      const y = Number(random.next() < baseOf(step) - 0.1 + (injected ? effect : 0));
      const m0 = Math.min(propensity, 1 - propensity) * effect;
      const g = onlineIncrement(injected, propensity, y, (sum + 1) / (n + 2));
      process = bet({ ...process, m0 }, g);
      [n, sum] = [n + 1, sum + y];
      yield bettingLogE(process);
    }
  };

const STATISTICS: Readonly<Record<string, Path>> = {
  *'McNemar mixture'(random, steps) {
    let [gains, losses] = [0, 0];
    for (let step = 0; step < steps; step += 1) {
      if (random.next() < 0.5) gains += 1;
      else losses += 1;
      yield mcnemarLogE(gains, losses);
    }
  },
  *'benefit that turns from pass/fail to graded'(random, steps) {
    let benefit = startBenefit(true);
    for (let step = 0; step < steps; step += 1) {
      const size = step < steps / 4 ? 1 : 0.5;
      benefit = observeBenefit(benefit, random.next() < 0.5 ? size : -size);
      yield benefitLogE(benefit);
    }
  },
  'betting, benefit': graded(0, 1),
  'betting, harm': graded(0, -1),
  'betting, futility': graded(0.2, -1),
  'betting, non-inferiority': graded(-0.1, 1),
  *'clustered key, task by task'(random, steps) {
    const tasks: number[][] = [];
    for (let step = 0; step < steps; step += 1) {
      tasks.push([0, 1, 2, 3].map(() => random.integer(3) - 1));
      yield clusteredLogE(tasks);
    }
  },
  'factorial, benefit': factorial(0, 0, 1),
  'factorial, harm': factorial(0, 0, -1),
  'factorial, futility': factorial(0.2, 0.1, -1),
  'online, harm': online(0, -1),
  'online, benefit': online(0, 1),
  'online, futility': online(0.05, -1),
  *'sample ratio'(random, steps) {
    let [injected, withheld] = [0, 0];
    for (let step = 0; step < steps; step += 1) {
      if (random.next() < 0.8) injected += 1;
      else withheld += 1;
      yield sampleRatioLogE(injected, withheld, 0.8);
    }
  },
};

describe(`on the edge of its null, over ${PATHS} paths`, { timeout: TIMEOUT_MS }, () => {
  it.each(Object.entries(STATISTICS))(
    '%s: mean E is 1, and 20 is crossed by 1 in 20 at most',
    (name, path) => {
      const random = createRandom(name);
      let [crossed, sum, sumOfSquares] = [0, 0, 0];
      for (let i = 0; i < PATHS; i += 1) {
        let step = 0;
        let isOver = false;
        for (const logE of path(random, STEPS)) {
          step += 1;
          if (logE >= Math.log(THRESHOLD)) isOver = true;
          if (step === EARLY) {
            sum += Math.exp(logE);
            sumOfSquares += Math.exp(2 * logE);
          }
          if (isOver && step >= EARLY) break;
        }
        if (isOver) crossed += 1;
      }
      const mean = sum / PATHS;
      const error = Math.sqrt((sumOfSquares / PATHS - mean ** 2) / PATHS);
      expect(Math.abs(mean - 1)).toBeLessThan(4 * error);
      expect(error).toBeGreaterThan(0);
      expect(crossed / PATHS).toBeLessThanOrEqual(1 / THRESHOLD);
    },
  );
});

describe('the drift detector without a drift', { timeout: TIMEOUT_MS }, () => {
  const ALARM = 1_000;
  const increment = (random: Random): number => {
    const injected = random.next() < 0.8;
    return -onlineIncrement(injected, 0.8, Number(random.next() < 0.6), 0.6);
  };

  it(`grows by 1 per unit in the mean, over ${PATHS} paths`, () => {
    const random = createRandom('detector');
    let [sum, sumOfSquares] = [0, 0];
    for (let i = 0; i < PATHS; i += 1) {
      let detector = startDetector();
      for (let step = 0; step < STEPS; step += 1) detector = detect(detector, increment(random));
      sum += detectorValue(detector);
      sumOfSquares += detectorValue(detector) ** 2;
    }
    const mean = sum / PATHS;
    const error = Math.sqrt((sumOfSquares / PATHS - mean ** 2) / PATHS);
    expect(Math.abs(mean - STEPS)).toBeLessThan(4 * error);
  });

  it('runs 1 000 units and more between alarms', () => {
    const random = createRandom('run length');
    const [runs, unitsMax] = [300, 4 * ALARM];
    let units = 0;
    for (let i = 0; i < runs; i += 1) {
      let detector = startDetector();
      for (let unit = 0; unit < unitsMax && detectorValue(detector) < ALARM; unit += 1) {
        detector = detect(detector, increment(random));
        units += 1;
      }
    }
    expect(units / runs).toBeGreaterThanOrEqual(ALARM);
  });
});
