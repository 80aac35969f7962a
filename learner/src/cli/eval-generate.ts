import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';
import { contextOf } from './context.ts';
import { positiveInteger } from './traces.ts';

const added = z.object({ added: z.number() });

/** `tracelore eval generate | synthetic | from-failures`. */
export function addEvalGenerateCommands(evals: Command): void {
  const post = async (command: Command, path: string, body: object): Promise<void> => {
    const context = contextOf(command);
    context.note('Looking at recorded runs …');
    const answer = await context.client.post(`/v1/evals/cases/${path}`, body, added);
    context.show(answer, () => `Added ${answer.added} case(s).`);
  };

  evals
    .command('generate')
    .description('make cases of runs that went well: their task, and their own answer as what is expected')
    .option('--from-traces <n>', 'most cases', positiveInteger, 20)
    .option('--min-confidence <score>', 'least score of a run, 0 to 1', share, 0.85)
    .action(async (options: { fromTraces: number; minConfidence: number }, command: Command) => {
      await post(command, 'promote', { limit: options.fromTraces, minConfidence: options.minConfidence });
    });

  evals
    .command('synthetic')
    .description(
      'let the model write variations of tasks that went well; a judge decides about their answers',
    )
    .option('--count <n>', 'number of cases', positiveInteger, 20)
    .action(async ({ count }: { count: number }, command: Command) => {
      await post(command, 'synthetic', { count });
    });

  evals
    .command('from-failures')
    .description('let the model write tasks that try one kind of failure')
    .requiredOption('--pattern <text>', 'what the agent fails at')
    .option('--count <n>', 'number of cases', positiveInteger, 10)
    .action(async ({ pattern, count }: { pattern: string; count: number }, command: Command) => {
      await post(command, 'from-failures', { pattern, count });
    });
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('expected a number from 0 to 1.');
}
