import type { Command } from 'commander';
import { z } from 'zod';
import { shortId } from '../ids.ts';
import { CliError } from './cli-error.ts';
import { confirm } from './confirm.ts';
import { contextOf } from './context.ts';
import { printable, type Column } from './table.ts';

const text = z.looseObject({ content: z.string(), appliesWhen: z.string() });
const event = z.looseObject({
  sequence: z.number(),
  type: z.string(),
  at: z.string(),
  actor: z.string(),
  data: z.looseObject({
    text: text.optional(),
    reason: z.string().optional(),
    version: z.number().optional(),
    expiresAt: z.string().nullable().optional(),
  }),
});
type EventView = z.infer<typeof event>;
const history = z.object({ ruleId: z.string(), version: z.number(), events: z.array(event) });
const held = z.looseObject({
  reason: z.string(),
  since: z.string(),
  by: z.string(),
  rule: z.looseObject({ id: z.string(), status: z.string(), content: z.string(), appliesWhen: z.string() }),
});
const quarantine = z.object({ items: z.array(held) });
const changed = z.object({
  rule: z.looseObject({ id: z.string(), status: z.string(), expiresAt: z.string().optional() }),
});
const purged = z.object({ dryRun: z.boolean(), removed: z.array(z.string()), reopened: z.array(z.string()) });

const HELD_COLUMNS: readonly Column<z.infer<typeof held>>[] = [
  { title: 'ID', value: ({ rule }) => shortId(rule.id) },
  { title: 'STATUS', value: ({ rule }) => rule.status },
  { title: 'SINCE', value: ({ since }) => since.slice(0, 19).replace('T', ' ') },
  { title: 'WHY', value: ({ reason }) => reason },
  { title: 'RULE', value: ({ rule }) => `when ${rule.appliesWhen}: ${rule.content}` },
];

const MS_PER_DAY = 86_400_000;

/** `tracelore knowledge …`: history, quarantine, expiry and purge. */
export function addManagedKnowledgeCommands(knowledge: Command): void {
  knowledge
    .command('history <id>')
    .description('everything that happened to a rule, with its text in every version')
    .action(async (id: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get(`/v1/knowledge/${encodeURIComponent(id)}/history`, history);
      context.show(answer, () => printable([answer.ruleId, ...tell(answer.events)].join('\n')));
    });

  knowledge
    .command('expire <id>')
    .description('say when a rule ends by itself; it is then a candidate again, to be proven anew')
    .option('--at <time>', 'ISO 8601, for example 2027-01-01T00:00:00Z')
    .option('--days <n>', 'from now')
    .option('--default', 'take its own time back: by ruleExpiryDays again')
    .option('--reason <text>')
    .action(async (id: string, options: ExpireOptions, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.post(
        `/v1/knowledge/${encodeURIComponent(id)}/expiry`,
        { actor: context.actor, reason: options.reason, expiresAt: endOf(options) },
        changed,
      );
      const { id: whole, expiresAt } = answer.rule;
      context.show(answer, () =>
        expiresAt === undefined
          ? `Rule ${shortId(whole)} has no end of its own.`
          : `Rule ${shortId(whole)} ends at ${expiresAt}.`,
      );
    });

  knowledge
    .command('purge')
    .description('remove what a user or an author taught, and all that stands on it')
    .option('--user <id>', 'whose runs taught it (user.id)')
    .option('--author <name>', 'who wrote it down or imported it')
    .option('--reason <text>', 'stands in the history', 'purged')
    .option('--dry-run', 'only say what would happen')
    .option('--yes', 'do not ask')
    .action(async (options: PurgeOptions, command: Command) => {
      const { user, author, reason, dryRun, yes } = options;
      if ((user === undefined) === (author === undefined))
        throw new CliError('Say whose teaching to purge: either --user or --author.');
      const context = contextOf(command);
      if (dryRun !== true) await confirm('Purged rules never come back. Purge?', yes);
      const answer = await context.client.post(
        '/v1/purges',
        { actor: context.actor, user, author, reason, dryRun },
        purged,
      );
      context.show(answer, () =>
        [
          `${answer.dryRun ? 'Would remove' : 'Removed'} ${answer.removed.length} rules${namesOf(answer.removed)}.`,
          `${answer.dryRun ? 'Would open' : 'Opened'} ${answer.reopened.length} rules again, to be proven without that source${namesOf(answer.reopened)}.`,
        ].join('\n'),
      );
    });

  addQuarantineCommands(knowledge);
}

function addQuarantineCommands(knowledge: Command): void {
  const queue = knowledge.command('quarantine').description('rules that are held back for a person');

  queue
    .command('list')
    .description('with the reason, longest waiting first')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get('/v1/quarantine', quarantine);
      context.show(answer, () =>
        answer.items.length === 0 ? 'Nothing is held back.' : context.table(HELD_COLUMNS, answer.items),
      );
    });

  const decide = (verb: string, path: string, description: string, done: string): void => {
    queue
      .command(`${verb} <id>`)
      .description(description)
      .option('--reason <text>', 'why; stands in the history')
      .action(async (id: string, { reason }: { reason?: string }, command: Command) => {
        const context = contextOf(command);
        const answer = await context.client.post(
          `/v1/knowledge/${encodeURIComponent(id)}/${path}`,
          { actor: context.actor, reason },
          changed,
        );
        context.show(answer, () => `${done} ${shortId(answer.rule.id)} (now ${answer.rule.status}).`);
      });
  };
  decide('release', 'release', 'let a rule go on from where it stands', 'Released');
  decide('reject', 'reject', 'archive it', 'Rejected');
  decide('add', 'quarantine', 'hold a live rule back', 'Held back');
}

interface ExpireOptions {
  readonly at?: string;
  readonly days?: string;
  readonly default?: boolean;
  readonly reason?: string;
}

interface PurgeOptions {
  readonly user?: string;
  readonly author?: string;
  readonly reason: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** ISO time; `undefined` = none of its own. */
function endOf({ at, days, default: byDefault }: ExpireOptions): string | undefined {
  if ([at, days, byDefault].filter((given) => given !== undefined).length !== 1)
    throw new CliError('Say when: one of --at, --days and --default.');
  if (byDefault === true) return undefined;
  const atMs = at === undefined ? Date.now() + Number(days) * MS_PER_DAY : Date.parse(at);
  if (Number.isNaN(new Date(atMs).getTime()))
    throw new CliError(`expected a time or a number of days, got "${at ?? days ?? ''}".`);
  return new Date(atMs).toISOString();
}

function tell(events: readonly EventView[]): string[] {
  let version = 0;
  return events.flatMap(({ sequence, type, at, actor, data }) => {
    const { text: written, reason = '', version: restored, expiresAt } = data;
    if (written !== undefined) version += 1;
    const about = [
      ...(written === undefined ? [] : [`version ${version}`]),
      ...(restored === undefined ? [] : [`version ${restored}`]),
      ...(expiresAt === undefined ? [] : [expiresAt ?? 'by default']),
    ];
    return [
      `  ${sequence}  ${at}  ${type} by ${actor}${about.length === 0 ? '' : ` (${about.join(', ')})`}${reason === '' ? '' : `: ${reason}`}`,
      ...(written === undefined ? [] : [`        when ${written.appliesWhen}: ${written.content}`]),
    ];
  });
}

function namesOf(ids: readonly string[]): string {
  return ids.length === 0 ? '' : `: ${ids.map(shortId).join(' ')}`;
}
