import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startService } from '../../../learner/src/cli/child.testing.ts';
import { runProduction, type ProductionResult } from '../../../learner/src/online/production.testing.ts';
import { stageShares } from '../../../learner/src/online/stage.ts';
import { keepSecret } from '../../../learner/src/serving/known-secret.testing.ts';
import { atMost, type Finding } from '../finding.ts';

export interface ServiceOptions {
  /** Requests of each seed; 8 000 for the target. */
  readonly requests: number;
  /** Projects of one service, each with a seed of its own, at the same time. */
  readonly seeds: number;
  readonly seed: string;
  readonly onStep?: (what: string) => void;
}

/** The service is given it before it starts: its coins follow from it. */
const SECRET = 'a secret of the benchmark';
const HOLDOUT_GLOBAL = 0.05;
/** The service's default. */
const HOLDOUT_RULE = 0.1;
/** As many as one request of outcomes takes. */
const BATCH_UNITS = 500;
/** Shares of the stream after which one rule turns, and another model answers. */
const DRIFT_AT = 0.4;
const NEW_MODEL_AT = 0.7;
const POLL_MS = 250;
const POLLS_MAX = 2_400;

/**
 * The real service, `tracelore up` with its own database over HTTP, beside the kernel: requests with hold-outs, a good rule,
 * a harmful one, one that turns, and a new model. Every answer and every rule's evidence is compared.
 */
export async function runService(options: ServiceOptions): Promise<readonly Finding[]> {
  const { requests, seeds, seed, onStep = () => {} } = options;
  const directory = await mkdtemp(path.join(tmpdir(), 'tracelore-service-'));
  const data = path.join(directory, 'data');
  await keepSecret(data, SECRET);
  const service = await startService(directory, ['--data', data], {
    TRACELORE_HOLDOUT_GLOBAL: String(HOLDOUT_GLOBAL),
    TRACELORE_HOLDOUT_RULE: String(HOLDOUT_RULE),
  });
  try {
    const running = Array.from({ length: seeds }, (_, index) =>
      production(service.api, `${seed} ${index}`, `seed-${index}`, requests, onStep),
    );
    const results = await Promise.all(running);
    const answers = results.reduce((sum, result) => sum + result.answers, 0);
    const differences = results.flatMap((result) => result.differences);
    for (const difference of differences.slice(0, 10)) onStep(difference);
    for (const { rules } of results)
      onStep(
        `removed after: ${rules.map(({ removedAt }) => removedAt ?? 'never').join(', ')} (helps, harms, turns)`,
      );
    const count = { value: differences.length, low: differences.length, high: differences.length };
    const what = `${seeds} seeds, ${answers} answers: differences between service and kernel`;
    return [atMost({ target: 'service', what, ...count, unit: 'count' }, 0)];
  } finally {
    await service.end('SIGTERM');
    await rm(directory, { recursive: true });
  }
}

function production(
  url: string,
  seed: string,
  project: string,
  units: number,
  onStep: (what: string) => void,
): Promise<ProductionResult> {
  return runProduction({
    url: () => url,
    seed,
    secret: SECRET,
    project,
    shares: stageShares(HOLDOUT_RULE, true),
    holdoutGlobal: HOLDOUT_GLOBAL,
    rules: [
      { content: 'Divide revenue amounts by 100, they are stored in cents.', effect: () => 0.2 },
      { content: 'Multiply revenue amounts by 100, they are stored in units.', effect: () => -0.2 },
      {
        content: 'Count revenue of orders by the day of payment.',
        effect: (unit) => (unit < DRIFT_AT * units ? 0.2 : -0.2),
      },
    ],
    units,
    batchUnits: BATCH_UNITS,
    fingerprintAt: (unit) => (unit < NEW_MODEL_AT * units ? 'model-a' : 'model-b'),
    until,
    beforeBatch: (from) => {
      onStep(`${project}: ${from} of ${units}`);
      return Promise.resolve(undefined);
    },
  });
}

async function until(isMet: () => Promise<boolean>): Promise<void> {
  for (let polls = 0; polls < POLLS_MAX; polls += 1) {
    if (await isMet()) return;
    await pause(POLL_MS);
  }
  throw new Error(`the service did not consume the units within ${(POLLS_MAX * POLL_MS) / 1_000} s`);
}
