import { DOMAINS } from '../domains/all.ts';
import type { Pool } from '../pool/pool.ts';
import { measure, type Measured } from './measure.ts';
import { policyNamed } from './policies.ts';
import type { Policy } from './policy.ts';
import { scenarioNamed, type Scenario } from './scenario.ts';
import type { Place } from './seeds.ts';
import { drawWorld } from './world.ts';

/** Runs of the agent that decisions may take in one world. */
export const RUNS_BUDGET = 2_500;

interface WorldJob {
  readonly domain: string;
  readonly seed: string;
  readonly scenario: string;
  readonly policies: readonly string[];
}

/** The job: every policy learns in one world. */
export async function measureWorld({
  domain,
  seed,
  scenario,
  policies,
}: WorldJob): Promise<readonly Measured[]> {
  const found = DOMAINS.find(({ name }) => name === domain);
  if (found === undefined) throw new Error(`no domain is named ${domain}`);
  const world = drawWorld(found, seed, scenarioNamed(scenario));
  try {
    const all: Measured[] = [];
    for (const name of policies) all.push(await measure(world, policyNamed(name), RUNS_BUDGET));
    return all;
  } finally {
    world.close();
  }
}

/** Has every policy learn in every world of every scenario. */
export async function runArena(
  places: readonly Place[],
  scenarios: readonly Scenario[],
  policies: readonly Policy[],
  { pool, onMeasured }: { readonly pool: Pool; readonly onMeasured: (measured: Measured) => void },
): Promise<readonly Measured[]> {
  const names = policies.map(({ name }) => name);
  const jobs = scenarios.flatMap((scenario) =>
    places.map(({ domain, seed }) => ({
      domain: domain.name,
      seed,
      scenario: scenario.name,
      policies: names,
    })),
  );
  return (await pool.all('world', jobs, (measured) => measured.forEach(onMeasured))).flat();
}
