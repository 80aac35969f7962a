import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';
import { shortId } from '../ids.ts';
import { loadAgent } from './agent-module.ts';
import { CliError } from './cli-error.ts';
import { contextOf } from './context.ts';
import { follow } from './poll.ts';
import type { Column } from './table.ts';
import { positiveInteger } from './traces.ts';

const started = z.object({ id: z.string() });
const evalRun = z.looseObject({
  id: z.string(),
  name: z.string(),
  ruleSet: z.string(),
  rules: z.array(z.string()),
  state: z.string(),
  error: z.string(),
  cases: z.number(),
  passed: z.number(),
  failed: z.number(),
  void: z.number(),
  score: z.number().nullable(),
  startedAt: z.string(),
});
type EvalRunView = z.infer<typeof evalRun>;
const runs = z.object({ runs: z.array(evalRun) });

const changedCase = z.object({
  caseId: z.string(),
  task: z.string(),
  baseline: z.number(),
  treatment: z.number(),
});
type ChangedCaseView = z.infer<typeof changedCase>;
const comparison = z.looseObject({
  baseline: evalRun,
  treatment: evalRun,
  pairs: z.number(),
  unpaired: z.number(),
  scoreDelta: z.number().nullable(),
  interval: z.tuple([z.number(), z.number()]).nullable(),
  regressions: z.array(changedCase),
  improvements: z.array(changedCase),
});

const COLUMNS: readonly Column<EvalRunView>[] = [
  { title: 'ID', value: ({ id }) => shortId(id) },
  { title: 'STATE', value: ({ state }) => state },
  {
    title: 'RULES',
    value: ({ ruleSet, rules }) => (ruleSet === 'none' ? 'none' : `${ruleSet} (${rules.length})`),
  },
  { title: 'CASES', value: ({ cases }) => String(cases), right: true },
  { title: 'PASSED', value: ({ passed }) => String(passed), right: true },
  { title: 'VOID', value: ({ void: unjudged }) => String(unjudged), right: true },
  { title: 'SCORE', value: ({ score }) => scoreText(score), right: true },
  { title: 'STARTED', value: ({ startedAt }) => startedAt.slice(0, 19).replace('T', ' ') },
  { title: 'NAME', value: ({ name }) => name },
];

interface RunOptions {
  readonly agent?: string;
  readonly concurrency?: number;
  readonly rules: string;
  readonly name?: string;
  readonly tags?: string;
  readonly threshold?: number;
  readonly wait: boolean;
}

/** `tracelore eval run | history | compare`. */
export function addEvalRunCommands(evals: Command): void {
  evals
    .command('run')
    .description('run the agent on the cases under a fixed rule set')
    .option('--agent <file#export>', 'run the trials with this function, in this process')
    .option('--concurrency <n>', 'trials at the same time with --agent', positiveInteger)
    .option('--rules <set>', 'active | none | rule ids separated by commas', 'active')
    .option('--name <text>')
    .option('--tags <tags>', 'only cases with one of these tags, separated by commas')
    .option('--threshold <score>', 'a case passes from this score on, 0 to 1; default 0.5', share)
    .option('--no-wait', 'start the evaluation and return')
    .action(async (options: RunOptions, command: Command) => {
      const context = contextOf(command);
      const { concurrency } = options;
      const agent =
        options.agent === undefined
          ? undefined
          : await loadAgent(options.agent, context, concurrency === undefined ? {} : { concurrency });
      try {
        const { id } = await context.client.post('/v1/evals/runs', requestOf(options), started);
        if (!options.wait) return context.show({ id }, () => `Evaluation ${shortId(id)} runs.`);
        const done = await follow(() => context.client.get(`/v1/evals/runs/${id}`, evalRun), {
          isDone: ({ state }) => state !== 'running',
          tell: ({ state, cases, passed, failed, void: unjudged }) =>
            `${state}: ${passed + failed + unjudged} of ${cases} cases, ${passed} passed`,
          note: (text) => context.note(text),
        });
        const shown = withThreshold(done, options.threshold);
        context.show(shown, () => context.table(COLUMNS, [shown]));
        if (done.state === 'failed') throw new CliError(`evaluation ${shortId(id)} failed: ${done.error}`);
      } finally {
        await agent?.stop();
      }
    });

  evals
    .command('history')
    .description('evaluations, newest first')
    .option('--limit <n>', 'most evaluations', positiveInteger, 10)
    .action(async ({ limit }: { limit: number }, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get('/v1/evals/runs', runs);
      const newest = answer.runs.slice(0, limit);
      context.show({ runs: newest }, () =>
        newest.length === 0 ? 'No evaluations.' : context.table(COLUMNS, newest),
      );
    });

  evals
    .command('compare <baseline> <treatment>')
    .description('two evaluations case by case')
    .action(async (baseline: string, treatment: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get('/v1/evals/compare', comparison, { baseline, treatment });
      context.show(answer, () => describe(answer));
    });
}

const scored = z.looseObject({ results: z.array(z.looseObject({ score: z.number().nullable() })) });

/** The same evaluation, counted with another threshold. */
function withThreshold(run: EvalRunView, threshold: number | undefined): EvalRunView {
  if (threshold === undefined) return run;
  const scores = scored.parse(run).results.flatMap(({ score }) => score ?? []);
  const passed = scores.filter((score) => score >= threshold).length;
  return { ...run, passed, failed: scores.length - passed };
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError(`expected a number from 0 to 1, got "${text}".`);
}

function requestOf({ rules, name, tags }: RunOptions): object {
  const list = (text: string): string[] =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  return {
    rules: rules === 'active' || rules === 'none' ? rules : list(rules),
    name,
    tags: tags === undefined ? undefined : list(tags),
  };
}

function scoreText(score: number | null): string {
  return score === null ? '-' : score.toFixed(3);
}

function describe(answer: z.infer<typeof comparison>): string {
  const { baseline, treatment, interval, scoreDelta } = answer;
  const delta =
    scoreDelta === null
      ? 'no case was judged in both'
      : `${signed(scoreDelta)} on ${answer.pairs} cases judged in both`;
  const range = interval === null ? '' : `, 95 % interval [${signed(interval[0])}, ${signed(interval[1])}]`;
  return [
    `Baseline   ${shortId(baseline.id)} ${baseline.name} score ${scoreText(baseline.score)}`,
    `Treatment  ${shortId(treatment.id)} ${treatment.name} score ${scoreText(treatment.score)}`,
    `Difference ${delta}${range}; ${answer.unpaired} judged in one only`,
    ...answer.improvements.map((pair) => `Better     ${changeText(pair)}`),
    ...answer.regressions.map((pair) => `Worse      ${changeText(pair)}`),
  ].join('\n');
}

function changeText({ baseline, treatment, task }: ChangedCaseView): string {
  return `${baseline.toFixed(2)} → ${treatment.toFixed(2)}  ${task.replaceAll(/\s+/g, ' ').slice(0, 100)}`;
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${value.toFixed(3)}`;
}
