import type { ShownRun } from '../../../examples/sql-agent/model/shown-runs.ts';
import { BROAD, NAIVE, type Beliefs, type Convention } from '../domains/convention.ts';
import { plainText } from '../../../learner/src/analyzers/traced-run.ts';
import type { Environment } from '../domains/domain.ts';

/** Shorter quotes prove nothing. */
const QUOTE_CHARACTERS_MIN = 12;

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
  const lines = run.spans.flatMap(({ input }) => plainText(input).split('\n'));
  const task = lines.find((line) => environment.needsOf(line) !== undefined);
  const model = run.spans.find(({ kind }) => kind === 'llm');
  if (task === undefined || model === undefined) return undefined;
  const needed = conventions.filter(({ name }) => environment.needsOf(task)?.includes(name) === true);
  const truth = environment.truthFor(task);
  const action = saidIn(model.output);
  for (const beliefs of readings(needed)) {
    if (environment.act(task, beliefs) !== action) continue;
    const wrong = needed.filter(({ name }) => beliefs[name] !== truth[name]);
    const isVerbatim = action.length >= QUOTE_CHARACTERS_MIN && model.output.includes(action);
    const quote = isVerbatim ? action : model.output;
    return { wrong, quote: { span: model.label, field: 'output', quote } };
  }
  return undefined;
}

/** What a model said, also when it was recorded as messages. */
function saidIn(output: string): string {
  if (!output.startsWith('"') && !output.startsWith('[{"role"')) return output;
  try {
    const recorded: unknown = JSON.parse(output);
    return typeof recorded === 'string' ? recorded : textIn(recorded);
  } catch {
    return output;
  }
}

function textIn(value: unknown): string {
  if (Array.isArray(value)) return value.map(textIn).join('');
  if (typeof value !== 'object' || value === null) return '';
  if ('parts' in value) return textIn(value.parts);
  return 'content' in value && typeof value.content === 'string' ? value.content : '';
}

function readings(needed: readonly Convention[]): readonly Beliefs[] {
  let all: Beliefs[] = [{}];
  for (const { name, values } of needed) {
    all = all.flatMap((beliefs) => [NAIVE, BROAD, ...values].map((value) => ({ ...beliefs, [name]: value })));
  }
  return all;
}
