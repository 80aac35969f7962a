import type { Command } from 'commander';
import { z } from 'zod';
import { shortId } from '../ids.ts';
import { CliError } from './cli-error.ts';
import { contextOf } from './context.ts';

const erased = z.looseObject({
  runs: z.number(),
  spans: z.number(),
  logs: z.number(),
  outcomes: z.number(),
  cases: z.number(),
  rules: z.array(z.string()),
});

interface EraseOptions {
  readonly user?: string;
  readonly session?: string;
  readonly trace?: string;
  readonly yes?: boolean;
}

/** `tracelore erase`: what is stored about a person, a session or one trace is deleted for good. */
export function addEraseCommand(program: Command): void {
  program
    .command('erase')
    .description('delete for good what is stored about a user, a session or a trace')
    .option('--user <id>', 'all runs in which this user.id appears')
    .option('--session <id>', 'all runs in which this session.id appears')
    .option('--trace <id>', 'one trace, by its whole id')
    .option('--yes', 'needed: there is no way back')
    .action(async (options: EraseOptions, command: Command) => {
      const { yes, ...subject } = options;
      if (Object.keys(subject).length !== 1)
        throw new CliError('Say what to erase: one of --user, --session and --trace.');
      if (yes !== true) throw new CliError('There is no way back. Add --yes to erase.');
      const context = contextOf(command);
      const answer = await context.client.post('/v1/erasures', subject, erased);
      context.show(answer, () => describe(answer));
    });
}

function describe({ runs, spans, logs, outcomes, cases, rules }: z.infer<typeof erased>): string {
  const lines = [
    `Erased ${runs} runs: ${spans} spans, ${logs} log records, ${outcomes} outcomes, ${cases} evaluation cases.`,
  ];
  if (rules.length > 0)
    lines.push(
      `These rules were learned from them. What they quoted is erased; look at their text, then edit or deprecate: ${rules.map(shortId).join(' ')}`,
    );
  return lines.join('\n');
}
