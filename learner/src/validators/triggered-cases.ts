import type { EvalCase } from '../evals/eval-case.ts';
import type { Rule } from '../knowledge/rule.ts';

export type Render = (task: string, rules: readonly Rule[]) => string;

/** Text the agent gets for each case from the rules in force, by case id. */
export type Blocks = Readonly<Record<string, string>>;

/** Renders every case's block under the rules in force. */
export function renderBlocks(cases: readonly EvalCase[], rules: readonly Rule[], render: Render): Blocks {
  return Object.fromEntries(cases.map((each) => [each.id, render(each.task, rules)]));
}

/** Cases a candidate may be tested on: not those made from a run that taught it. */
export function heldOutCases(cases: readonly EvalCase[], candidate: Rule): readonly EvalCase[] {
  const taughtBy = new Set(candidate.provenance.evidence.map((evidence) => evidence.runId));
  return cases.filter((each) => each.sourceRunId === '' || !taughtBy.has(each.sourceRunId));
}

/**
 * Ids of the cases where the candidate changes what the agent reads. Elsewhere both arms would be the same run: such
 * pairs cost trials and say nothing.
 */
export function triggeredCases(
  candidate: Rule,
  cases: readonly EvalCase[],
  inForce: { readonly rules: readonly Rule[]; readonly blocks: Blocks },
  render: Render,
): readonly string[] {
  const treated = [...inForce.rules, candidate];
  return heldOutCases(cases, candidate)
    .filter((each) => render(each.task, treated) !== inForce.blocks[each.id])
    .map((each) => each.id);
}
