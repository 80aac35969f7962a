import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';
import { shortId } from '../ids.ts';
import { addBlameCommand } from './blame.ts';
import { contextOf, type CliContext } from './context.ts';
import { moneyOfCalls } from './money.ts';
import { outcomeText, run, type RunView } from './run-lines.ts';
import { printRun, showRun, showSpan } from './show-run.ts';
import type { Column } from './table.ts';

const list = z.object({
  runs: z.array(run),
  next: z.string().optional(),
  searchedTo: z.string().optional(),
});

const COLUMNS: readonly Column<RunView>[] = [
  { title: 'RUN', value: ({ runId }) => shortId(runId) },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'OUTCOME', value: ({ outcome: resolved }) => outcomeText(resolved) },
  { title: 'SPANS', value: ({ spans }) => String(spans), right: true },
  { title: 'TOKENS', value: tokens, right: true },
  { title: 'COST', value: ({ cost, unpricedCalls }) => moneyOfCalls(cost, unpricedCalls), right: true },
  { title: 'MS', value: ({ durationMs }) => durationMs.toFixed(0), right: true },
  { title: 'STARTED', value: ({ startTime }) => startTime.slice(0, 19).replace('T', ' ') },
  { title: 'AGENT', value: ({ agent, name }) => (agent === '' ? name : agent) },
];

/** A run that was searched for shows the first span it was found by. */
const MATCH_COLUMNS: readonly Column<RunView>[] = [
  ...COLUMNS,
  {
    title: 'SPAN',
    value: ({ matches = [] }) => matches.map(({ name, spanId }) => `${spanId} ${name}`)[0] ?? '',
  },
];

/** `tracelore traces …`: what the agent did. */
export function addTraceCommands(program: Command): void {
  const traces = program.command('traces').description('recorded runs of agents');

  withFilters(traces.command('list').description('runs, newest first')).action(
    async (options: ListOptions, command: Command) => await listRuns(contextOf(command), options),
  );

  withFilters(
    traces
      .command('search [words...]')
      .description('runs of which a span holds these words, or is as the options say; newest first'),
  ).action(async (words: string[], options: ListOptions, command: Command) => {
    await listRuns(contextOf(command), {
      ...options,
      text: words.length === 0 ? undefined : words.join(' '),
    });
  });

  traces
    .command('show <run>')
    .description('one run: its spans as a tree, with inputs, outputs and outcomes')
    .option('--full', 'whole inputs and outputs')
    .option('--span <id>', 'only this span, with its attributes')
    .action(async (id: string, options: { full?: boolean; span?: string }, command: Command) => {
      const context = contextOf(command);
      if (options.span !== undefined) await showSpan(context, id, options.span);
      else if (context.isJson) await printRun(context, id);
      else await showRun(context, id, options.full === true);
    });

  addBlameCommand(traces);
}

/** Options named as the parameters of the API. */
type ListOptions = Readonly<Record<string, string | number | string[] | undefined>>;

function withFilters(command: Command): Command {
  return command
    .option('--state <state>', 'open | closed | abandoned')
    .option('--outcome <outcome>', 'passed | failed | none')
    .option('--status <status>', 'of the run: Ok | Error | Unset')
    .option('--agent <name>')
    .option('--service <name>')
    .option('--environment <name>')
    .option('--name <name>', "of the run's root span")
    .option('--conversation <id>')
    .option('--session <id>')
    .option('--user <id>')
    .option('--tag <tag>')
    .option('--min-ms <n>', 'duration of the run')
    .option('--max-ms <n>')
    .option('--min-tokens <n>', 'input and output together')
    .option('--min-cost <usd>')
    .option('--from <time>', 'start, ISO 8601')
    .option('--to <time>')
    .option(
      '--attribute <name=value>',
      'of a span, its resource, scope, events or links; may be repeated',
      collected,
    )
    .option('--span <name>', 'a span of this name')
    .option('--kind <kind>', 'agent | llm | tool | …')
    .option('--model <name>', 'requested or answering')
    .option('--tool <name>')
    .option('--error-type <type>')
    .option('--span-status <status>')
    .option('--span-min-ms <n>')
    .option('--span-max-ms <n>')
    .option('--after <next>', 'the next page: `next` of the last one')
    .option('--limit <n>', 'most runs, up to 500', positiveInteger, 20);
}

function collected(value: string, before: string[] = []): string[] {
  return [...before, value];
}

async function listRuns(context: CliContext, options: ListOptions): Promise<void> {
  const query = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]),
  );
  const answer = await context.client.get('/v1/traces', list, query);
  context.show(answer, () => {
    const isSearch = answer.runs.some(({ matches }) => matches !== undefined);
    return answer.runs.length === 0
      ? 'No runs.'
      : isSearch
        ? context.table(MATCH_COLUMNS, answer.runs)
        : context.table(COLUMNS, answer.runs);
  });
  if (answer.searchedTo !== undefined) {
    context.note(
      `Time ran out at ${answer.searchedTo}: older runs were not searched. Go on with --after ${answer.next ?? ''}`,
    );
  }
}

/** For options that are counts. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError(`expected a whole number above 0, got "${text}".`);
}

function tokens({ inputTokens, outputTokens }: RunView): string {
  return inputTokens === null && outputTokens === null
    ? '-'
    : String((inputTokens ?? 0) + (outputTokens ?? 0));
}
