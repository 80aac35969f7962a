import type { Rule } from '../../../learner/src/knowledge/rule.ts';
import { createRandom } from '../../../learner/src/stats/random.ts';
import { renderBlocks, triggeredCases } from '../../../learner/src/validators/triggered-cases.ts';
import type { ValidationInput } from '../../../learner/src/validators/validator.ts';
import type { RunMeter } from './run-meter.ts';

/**
 * Pairs of a run with and a run without a candidate on the cases where it changes the agent's text, in random order, pass
 * after pass. Runs without it are shared by candidates, one for each case and pass: the best a fixed design can do.
 */
export class CachedPairs {
  readonly #input: ValidationInput;
  readonly #meter: RunMeter;
  #kept: readonly Rule[];
  #baselines = new Map<string, number | null>();

  constructor(input: ValidationInput, meter: RunMeter) {
    this.#input = input;
    this.#meter = meter;
    this.#kept = input.incumbents;
  }

  /** From now on the candidate is in force: what was measured without it is out of date. */
  keep(candidate: Rule): void {
    this.#kept = [...this.#kept, candidate];
    this.#baselines = new Map();
  }

  /** Ids of the cases of each pass, in the order of the pairs; empty when the candidate changes nothing. */
  async order(candidate: Rule, pairs: number): Promise<readonly (readonly [caseId: string, pass: number])[]> {
    const { cases, render, seed } = this.#input;
    const rules = this.#kept;
    const blocks = await renderBlocks(cases, rules, render);
    const triggered = await triggeredCases(candidate, cases, { rules, blocks }, render);
    const order: [string, number][] = [];
    for (let pass = 0; order.length < pairs && triggered.length > 0; pass += 1) {
      const shuffled = createRandom(`${seed} ${candidate.id} pass ${pass}`).shuffle(triggered);
      order.push(...shuffled.map((id): [string, number] => [id, pass]));
    }
    return order.slice(0, pairs);
  }

  /** Score with the candidate minus score without; `null` = one of them is missing; `undefined` = no budget left. */
  async difference(candidate: Rule, caseId: string, pass: number): Promise<number | null | undefined> {
    const key = `${caseId} ${pass}`;
    const isMissing = !this.#baselines.has(key);
    const treated = { caseId, rules: [...this.#kept, candidate] };
    const runs = isMissing ? [{ caseId, rules: this.#kept }, treated] : [treated];
    const scores = await this.#meter.run(runs);
    if (scores === undefined) return undefined;
    if (isMissing) this.#baselines.set(key, scores[0] ?? null);
    const baseline = this.#baselines.get(key) ?? null;
    const score = scores.at(-1) ?? null;
    return score === null || baseline === null ? null : score - baseline;
  }
}
