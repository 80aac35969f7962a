import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { SCORER_NAMES } from '../evals/eval-case.ts';
import { shortId } from '../ids.ts';
import { CliError } from './cli-error.ts';
import { contextOf, type CliContext } from './context.ts';
import { readEvalFile } from '../evals/eval-file.ts';
import { addEvalGenerateCommands } from './eval-generate.ts';
import { addEvalRunCommands } from './eval-run.ts';

/** Cases sent in one request. */
const CASES_PER_REQUEST = 1_000;
/** Rejected cases that are named. */
const REJECTED_SHOWN_MAX = 10;

const evalCase = z.looseObject({
  id: z.string(),
  task: z.string(),
  scorer: z.string(),
  tags: z.array(z.string()),
  source: z.string(),
  agent: z.string().optional(),
});
const cases = z.object({ cases: z.array(evalCase) });
const oneCase = z.object({ case: evalCase });
const added = z.object({
  added: z.number(),
  duplicates: z.number(),
  rejected: z.array(z.object({ index: z.number(), problems: z.array(z.string()) })),
});
type Added = z.infer<typeof added>;

interface AddOptions {
  readonly task?: string;
  readonly expected?: string;
  readonly fromTrace?: string;
  readonly input?: string;
  readonly scorer?: string;
  readonly tags?: string;
  readonly agent?: string;
}

/** `tracelore eval …`: tasks with known answers, and what the agent makes of them. */
export function addEvalCommands(program: Command): void {
  const evals = program.command('eval').description('eval cases, and evaluations of the agent on them');

  evals
    .command('add')
    .description('add one case, by hand or from a recorded run')
    .option('--task <text>')
    .option('--expected <text>', 'with --from-trace default: what the run answered, if its outcome is good')
    .option('--from-trace <run>', 'id of a recorded run')
    .option('--input <json>', 'further input for the agent')
    .option('--scorer <name>', SCORER_NAMES.join(' | '))
    .option('--tags <tags>', 'separated by commas')
    .option('--agent <name>', 'agent it is for; with --from-trace default: the agent of the run')
    .action(async (options: AddOptions, command: Command) => {
      const context = contextOf(command);
      if (options.fromTrace === undefined) await addByHand(context, options);
      else await addFromTrace(context, options, options.fromTrace);
    });

  evals
    .command('import <file>')
    .description(
      'add the cases of a .csv or .jsonl file: task, and, if wanted, expected, tags, scorer, input, agent, judge_prompt',
    )
    .action(async (file: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const read = readEvalFile(file, await readText(file));
      const source = file.toLowerCase().endsWith('.csv') ? 'csv_import' : 'jsonl_import';
      if (read.length === 0) throw new CliError(`${file} has no cases.`);
      let total: Added = { added: 0, duplicates: 0, rejected: [] };
      for (let from = 0; from < read.length; from += CASES_PER_REQUEST) {
        const part = read.slice(from, from + CASES_PER_REQUEST).map((one) => ({ ...one, source }));
        const answer = await context.client.post('/v1/evals/cases', { cases: part }, added);
        total = {
          added: total.added + answer.added,
          duplicates: total.duplicates + answer.duplicates,
          rejected: [
            ...total.rejected,
            ...answer.rejected.map(({ index, problems }) => ({ index: index + from, problems })),
          ],
        };
        if (from + CASES_PER_REQUEST < read.length)
          context.note(`${from + part.length} of ${read.length} cases`);
      }
      finishAdding(context, total, (index) => `case ${index + 1} of ${file}`);
    });

  evals
    .command('list')
    .description('all cases')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get('/v1/evals/cases', cases);
      context.show(answer, () =>
        answer.cases.length === 0
          ? 'No cases.'
          : context.table(
              [
                { title: 'ID', value: ({ id }) => shortId(id) },
                { title: 'SOURCE', value: ({ source }) => source },
                { title: 'SCORER', value: ({ scorer }) => scorer },
                { title: 'AGENT', value: ({ agent }) => agent ?? '' },
                { title: 'TAGS', value: ({ tags }) => tags.join(',') },
                { title: 'TASK', value: ({ task }) => task },
              ],
              answer.cases,
            ),
      );
    });

  addEvalGenerateCommands(evals);
  addEvalRunCommands(evals);
}

async function addByHand(context: CliContext, options: AddOptions): Promise<void> {
  const { task, expected, scorer, agent } = options;
  if (task === undefined || expected === undefined) {
    throw new CliError('eval add: give --task and --expected, or --from-trace <run>.');
  }
  const input = options.input === undefined ? {} : { input: parseInput(options.input) };
  const one = { task, expected, scorer, tags: tagsOf(options), agent, source: 'manual', ...input };
  finishAdding(
    context,
    await context.client.post('/v1/evals/cases', { cases: [one] }, added),
    () => 'the case',
  );
}

async function addFromTrace(context: CliContext, options: AddOptions, run: string): Promise<void> {
  if (options.task !== undefined || options.input !== undefined) {
    throw new CliError(
      'eval add: with --from-trace the task and the input are those of the run; leave out --task and --input.',
    );
  }
  const { expected, scorer, agent } = options;
  const body = { run, expected, scorer, agent, tags: tagsOf(options) };
  const answer = await context.client.post('/v1/evals/cases/from-trace', body, oneCase);
  context.show(answer, () => `Added case ${shortId(answer.case.id)}: ${answer.case.task}`);
}

function finishAdding(context: CliContext, total: Added, name: (index: number) => string): void {
  const rejected = total.rejected.length === 0 ? '' : `, ${total.rejected.length} rejected`;
  context.show(total, () => `Added ${total.added}, ${total.duplicates} known already${rejected}.`);
  if (total.rejected.length === 0) return;
  const shown = total.rejected
    .slice(0, REJECTED_SHOWN_MAX)
    .map(({ index, problems }) => `\n  - ${name(index)}: ${problems.join('; ')}`);
  const more =
    total.rejected.length > REJECTED_SHOWN_MAX
      ? `\n  - ${total.rejected.length - REJECTED_SHOWN_MAX} more`
      : '';
  throw new CliError(`not every case was added:${shown.join('')}${more}`);
}

function tagsOf({ tags }: AddOptions): string[] | undefined {
  return tags
    ?.split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

function parseInput(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    throw new CliError(`--input: expected JSON, got ${JSON.stringify(text)}.`, { cause: error });
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  }
}
