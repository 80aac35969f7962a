import type { EvalCase } from '../evals/eval-case.ts';
import type { Rule } from '../knowledge/rule.ts';
import { Pace } from '../pace.ts';

export type Render = (task: string, rules: readonly Rule[]) => string;

/** Text the agent gets for each case from the rules in force, by case id. */
export type Blocks = Readonly<Record<string, string>>;

/** Renders every case's block under the rules in force. */
export async function renderBlocks(
  cases: readonly EvalCase[],
  rules: readonly Rule[],
  render: Render,
): Promise<Blocks> {
  const blocks: Record<string, string> = {};
  const pace = new Pace();
  for (const each of cases) {
    if (pace.isOver) await pace.rest();
    blocks[each.id] = render(each.task, rules);
  }
  return blocks;
}

/** Cases a candidate may be tested on: not those made from a run that taught it. */
export function heldOutCases(cases: readonly EvalCase[], candidate: Rule): readonly EvalCase[] {
  const taughtBy = new Set(candidate.provenance.evidence.map((evidence) => evidence.runId));
  return cases.filter((each) => each.sourceRunId === '' || !taughtBy.has(each.sourceRunId));
}

/** The rules in force with a candidate among them, in the place of the rule it replaces if there is one. */
export function treatedRules(
  inForce: readonly Rule[],
  candidate: Rule,
  replaces: Rule | undefined,
): readonly Rule[] {
  return [...inForce.filter((rule) => rule !== replaces), candidate];
}

/** The rules in force without a promoted one: what it replaced is back in its place. */
export function rulesWithout(
  inForce: readonly Rule[],
  { rule, replaces }: { readonly rule: Rule; readonly replaces: Rule | undefined },
): readonly Rule[] {
  return [...inForce.filter((each) => each !== rule), ...(replaces === undefined ? [] : [replaces])];
}

/**
 * Ids of the cases where the candidate changes what the agent reads. Elsewhere both arms would be the same run: such
 * pairs cost trials and say nothing.
 */
export async function triggeredCases(
  candidate: Rule,
  cases: readonly EvalCase[],
  inForce: { readonly rules: readonly Rule[]; readonly blocks: Blocks },
  render: Render,
  replaces?: Rule,
): Promise<readonly string[]> {
  const heldOut = heldOutCases(cases, candidate);
  const treated = await renderBlocks(heldOut, treatedRules(inForce.rules, candidate, replaces), render);
  return heldOut.map((each) => each.id).filter((id) => treated[id] !== inForce.blocks[id]);
}
