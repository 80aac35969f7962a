import type { Command } from 'commander';
import { z } from 'zod';
import { contextOf } from './context.ts';
import type { Column } from './table.ts';

const entry = z.looseObject({
  at: z.string(),
  project: z.string(),
  action: z.string(),
  object: z.string(),
  result: z.string(),
  keyId: z.string(),
  actor: z.string(),
  address: z.string(),
  detail: z.string(),
});
type Entry = z.infer<typeof entry>;
const page = z.object({ entries: z.array(entry), next: z.string().optional() });

const COLUMNS: readonly Column<Entry>[] = [
  { title: 'AT', value: ({ at }) => at.slice(0, 19).replace('T', ' ') },
  { title: 'PROJECT', value: ({ project }) => project },
  { title: 'WHO', value: whoOf },
  { title: 'FROM', value: ({ address }) => address },
  { title: 'RESULT', value: ({ result }) => result },
  {
    title: 'WHAT',
    value: ({ action, object, detail }) => [action, object, detail].filter(Boolean).join(' '),
  },
];

function whoOf({ actor, keyId }: Entry): string {
  if (keyId === '') return actor === '' ? 'owner' : actor;
  return actor === '' ? keyId : `${actor} (${keyId})`;
}

/** `tracelore audit`: who did what. */
export function addAuditCommand(program: Command): void {
  program
    .command('audit')
    .description('who did what to the project: keys, knowledge, erasures; newest first')
    .option('--limit <entries>', 'at most so many; default 100')
    .option('--before <id>', '`next` of an earlier page')
    .action(async (options: { limit?: string; before?: string }, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get('/v1/audit', page, {
        limit: options.limit,
        before: options.before,
      });
      context.show(answer, () => {
        if (answer.entries.length === 0) return 'Nothing.';
        const rest = answer.next === undefined ? [] : [`More: --before ${answer.next}`];
        return [context.table(COLUMNS, answer.entries), ...rest].join('\n');
      });
    });
}
