import { itemReference } from '@tracelore/sdk/contract';
import type { Rule } from '../../../learner/src/knowledge/rule.ts';
import { runTrials } from '../../../learner/src/validators/run-trials.ts';
import type { ValidationInput } from '../../../learner/src/validators/validator.ts';

/** One run of the agent on a case that a rival's gate asks for. */
export interface Run {
  readonly caseId: string;
  readonly rules: readonly Rule[];
}

/** Runs the agent for a rival's gate, counts, and stops at the budget. */
export class RunMeter {
  readonly #input: ValidationInput;
  readonly #budget: number;
  #used = 0;

  constructor(input: ValidationInput, budget: number) {
    this.#input = input;
    this.#budget = budget;
  }

  get used(): number {
    return this.#used;
  }

  /**
   * Scores in the order of the runs, `null` where there was no judgement; `undefined`, and nothing was run, when the budget
   * does not cover all of them.
   */
  async run(runs: readonly Run[]): Promise<readonly (number | null)[] | undefined> {
    if (this.#used + runs.length > this.#budget) return undefined;
    this.#used += runs.length;
    const specs = runs.map(({ caseId, rules }) => ({
      caseId,
      rules: rules.map(itemReference),
      purpose: 'evaluation' as const,
      group: this.#input.id,
    }));
    const results = await runTrials(this.#input, specs);
    if (!results.ok) throw results.error;
    return results.scores;
  }

  /** One run of each case under the same rules; a run without judgement scores 0, as an agent that failed does. */
  async runAll(
    cases: readonly { readonly id: string }[],
    rules: readonly Rule[],
  ): Promise<readonly number[] | undefined> {
    const scores = await this.run(cases.map(({ id }) => ({ caseId: id, rules })));
    return scores?.map((score) => score ?? 0);
  }
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
