import {
  rmse,
  runConfounded,
  type RuleResult,
} from '../../../learner/src/online/confounded-world.testing.ts';
import type { Pool } from '../pool/pool.ts';
import { atMost, shareOf, statisticOf, type Finding } from '../finding.ts';

const WORLDS = 30;
const REQUESTS = 8_000;
const WITHHELD = 0.2;
const RMSE_MAX = 4;

/** T9: per-rule effects in worlds of forty rules where retrieval follows difficulty, over all rules of {@link WORLDS} worlds. */
export async function measureConfounded(seed: string, pool: Pool): Promise<readonly Finding[]> {
  const worlds = await pool.all(
    'confounded',
    Array.from({ length: WORLDS }, (_, world) => `${seed} confounded ${world}`),
  );
  const error = (estimate: (result: RuleResult) => number): Pick<Finding, 'value' | 'low' | 'high'> =>
    statisticOf(worlds, (sample) => 100 * rmse(sample.flat(), estimate), seed);
  const all = worlds.flat();
  const covered = all.filter(({ measured, truth }) => measured.low <= truth && truth <= measured.high);
  return [
    atMost(
      {
        target: 'T9',
        what: `effect of a rule after ${REQUESTS} requests, from the coins, RMSE`,
        ...error(({ measured }) => measured.estimate),
        unit: 'points',
      },
      RMSE_MAX,
    ),
    {
      target: '',
      what: 'the same as success with the rule minus success without, RMSE',
      ...error(({ naive }) => naive),
      unit: 'points',
    },
    {
      target: '',
      what: 'its confidence sequence covers the true effect',
      ...shareOf(covered.length, all.length),
    },
  ];
}

/** The job: one world. */
export function runConfoundedWorld(seed: string): readonly RuleResult[] {
  return runConfounded(seed, REQUESTS, WITHHELD);
}
