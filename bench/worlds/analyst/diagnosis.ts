import type { ShownRun } from '../../../examples/sql-agent/model/shown-runs.ts';
import { BROAD, NAIVE, type Beliefs, type Convention } from '../domains/convention.ts';
import type { Environment } from '../domains/domain.ts';

/** What a failed run shows: which conventions the agent got wrong, and where that stands. */
export interface Diagnosis {
  readonly wrong: readonly Convention[];
  readonly quote: { readonly span: string; readonly field: 'output'; readonly quote: string };
}

/**
 * Compares what the agent did with what it would have done under every reading of the conventions its task needs;
 * `undefined` when the run shows no task, or nothing that any reading explains.
 */
export function diagnose(
  run: ShownRun,
  environment: Environment,
  conventions: readonly Convention[],
): Diagnosis | undefined {
  const lines = run.spans.flatMap(({ input }) => input.split('\n'));
  const task = lines.find((line) => environment.needsOf(line) !== undefined);
  const model = run.spans.find(({ kind }) => kind === 'llm');
  if (task === undefined || model === undefined) return undefined;
  const needed = conventions.filter(({ name }) => environment.needsOf(task)?.includes(name) === true);
  const truth = environment.truthFor(task);
  for (const beliefs of readings(needed)) {
    if (environment.act(task, beliefs) !== model.output) continue;
    const wrong = needed.filter(({ name }) => beliefs[name] !== truth[name]);
    return { wrong, quote: { span: model.label, field: 'output', quote: model.output } };
  }
  return undefined;
}

function readings(needed: readonly Convention[]): readonly Beliefs[] {
  let all: Beliefs[] = [{}];
  for (const { name, values } of needed) {
    all = all.flatMap((beliefs) => [NAIVE, BROAD, ...values].map((value) => ({ ...beliefs, [name]: value })));
  }
  return all;
}
