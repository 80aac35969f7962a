import { z } from 'zod';
import { bettingLogE } from '../stats/betting.ts';
import { createRandom } from '../stats/random.ts';
import { KernelTwin, type TwinOptions, type TwinRule } from './kernel-twin.testing.ts';

/** A rule of a simulated production, and what it really does to the chance of success, which may change over time. */
export interface ProductionRule {
  readonly content: string;
  readonly effect: (unit: number) => number;
}

export interface ProductionOptions extends TwinOptions {
  /** Of the API; another after a restart. */
  readonly url: () => string;
  readonly seed: string;
  readonly rules: readonly ProductionRule[];
  readonly units: number;
  /** Units asked for before their outcomes are told. */
  readonly batchUnits: number;
  /** Model, prompt and tools that a unit states. */
  readonly fingerprintAt: (unit: number) => string;
  /** Waits until a condition is met. */
  readonly until: (isMet: () => Promise<boolean>) => Promise<void>;
  /** Called before every batch. */
  readonly beforeBatch?: (from: number) => Promise<'restarted' | undefined>;
}

/** How a simulated production went. */
export interface ProductionResult {
  readonly answers: number;
  /** Where the service did not do what the kernel does; empty as it should be. */
  readonly differences: readonly string[];
  /** By rule: its id, and the first unit of the batch after which it was out of service. */
  readonly rules: readonly { readonly id: string; readonly removedAt: number | null }[];
}

const BASE_SUCCESS = 0.55;
const TASK = 'What was the revenue of all orders in fiscal year 2024?';
/** Shown E values end here. */
const SHOWN_E_MAX = 1e12;

const answerSchema = z.object({ arm: z.string(), items: z.array(z.object({ id: z.string() })) });
const changedSchema = z.object({ rule: z.object({ id: z.string() }) });
const shownSchema = z.object({
  rule: z.object({ status: z.string() }),
  watches: z.array(
    z.object({
      epoch: z.string(),
      stage: z.string(),
      units: z.number(),
      withheldShare: z.number(),
      eHarm: z.number(),
      eBenefit: z.number(),
      alarms: z.number(),
    }),
  ),
});
type Shown = z.infer<typeof shownSchema>;

/**
 * Serves a stream of units by a running service over HTTP, tells it their outcomes batch by batch, and compares every answer
 * and, after every batch, every rule's evidence with what the kernel says.
 */
export async function runProduction(options: ProductionOptions): Promise<ProductionResult> {
  const { project, seed, units, batchUnits, until } = options;
  const send = sender(options);
  const luck = createRandom(seed);
  const differences: string[] = [];
  const released: TwinRule[] = [];
  for (const rule of options.rules) released.push(await release(rule, options));
  const twin = new KernelTwin(released, options);
  const removedAt = new Map<string, number>();
  for (let from = 0; from < units; from += batchUnits) {
    if ((await options.beforeBatch?.(from)) === 'restarted') twin.restart();
    const outcomes: { run: string; source: string; score: number }[] = [];
    for (let at = from; at < Math.min(units, from + batchUnits); at += 1) {
      const unit = `unit-${String(at).padStart(6, '0')}`;
      const fingerprint = options.fingerprintAt(at);
      const expected = twin.answer(unit, fingerprint, (injected) =>
        Number(luck.next() < successOf(injected, released, options.rules, at)),
      );
      const stated = fingerprint === '' ? {} : { fingerprint };
      const body = { task: TASK, unit, run: unit, project, ...stated };
      const answer = await send('/v1/knowledge/get', body, answerSchema);
      const given = answer.items.map(({ id }) => id).toSorted();
      if (answer.arm !== expected.arm || given.join() !== expected.injected.join())
        differences.push(
          `${unit}: ${answer.arm} ${given.join()} instead of ${expected.arm} ${expected.injected.join()}`,
        );
      outcomes.push({ run: unit, source: 'check', score: expected.outcome ?? 0 });
    }
    await send(`/v1/outcomes?project=${project}`, outcomes, z.object({ recorded: z.number() }));
    twin.closeUnits();
    for (const { id } of released) {
      await until(async () => unitsOf(await show(id, options)) >= unitsIn(twin, id));
      if (twin.isRemoved(id)) {
        await until(async () => (await show(id, options)).rule.status !== 'active');
        if (!removedAt.has(id)) removedAt.set(id, from);
      }
      differences.push(...compare(id, twin, await show(id, options)));
    }
  }
  const rules = released.map(({ id }) => ({ id, removedAt: removedAt.get(id) ?? null }));
  return { answers: units, differences, rules };
}

function successOf(
  injected: readonly string[],
  released: readonly TwinRule[],
  rules: readonly ProductionRule[],
  at: number,
): number {
  return released.reduce(
    (chance, { id }, index) => chance + (injected.includes(id) ? (rules[index]?.effect(at) ?? 0) : 0),
    BASE_SUCCESS,
  );
}

async function release({ content }: ProductionRule, options: ProductionOptions): Promise<TwinRule> {
  const { project } = options;
  const send = sender(options);
  const appliesWhen = 'a question asks for revenue of orders';
  const text = { content, appliesWhen, actor: 'ann', project };
  const { rule } = await send('/v1/knowledge', text, changedSchema);
  await send(`/v1/knowledge/${rule.id}/approve`, { actor: 'ann', project }, changedSchema);
  const { watches } = await show(rule.id, options);
  return { id: rule.id, entry: watches[0]?.epoch ?? '' };
}

/** Differences between a rule's experiments in the service and in the kernel. */
function compare(id: string, twin: KernelTwin, { watches }: Shown): string[] {
  return twin.epochsOf(id).flatMap(({ epoch, watch }) => {
    const shown = watches.find((each) => each.epoch === epoch);
    const ours = {
      units: watch.units,
      stage: watch.stage,
      withheldShare: twin.withheld(id, epoch),
      eHarm: Math.min(SHOWN_E_MAX, Math.exp(bettingLogE(watch.harm))),
      eBenefit: Math.min(SHOWN_E_MAX, Math.exp(bettingLogE(watch.benefit))),
      alarms: watch.episodes,
    };
    const theirs = shown && {
      units: shown.units,
      stage: shown.stage,
      withheldShare: shown.withheldShare,
      eHarm: shown.eHarm,
      eBenefit: shown.eBenefit,
      alarms: shown.alarms,
    };
    const [kernel, service] = [JSON.stringify(ours), JSON.stringify(theirs)];
    return kernel === service ? [] : [`rule ${id}, epoch ${epoch}: ${service} instead of ${kernel}`];
  });
}

function unitsOf({ watches }: Shown): number {
  return watches.reduce((sum, { units }) => sum + units, 0);
}

function unitsIn(twin: KernelTwin, id: string): number {
  return twin.epochsOf(id).reduce((sum, { watch }) => sum + watch.units, 0);
}

async function show(id: string, { url, project }: ProductionOptions): Promise<Shown> {
  const response = await fetch(`${url()}/v1/knowledge/${id}?project=${project}`);
  return shownSchema.parse(await response.json());
}

type Send = <T>(route: string, body: unknown, schema: z.ZodType<T>) => Promise<T>;

function sender({ url }: ProductionOptions): Send {
  return async (route, body, schema) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url()}${route}`, { method: 'POST', body: JSON.stringify(body), headers });
    return schema.parse(await response.json());
  };
}
