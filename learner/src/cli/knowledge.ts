import type { Command } from 'commander';
import { z } from 'zod';
import { shortId } from '../ids.ts';
import { RULE_KINDS, RULE_STATUSES } from '../knowledge/rule.ts';
import { contextOf } from './context.ts';
import { printable, type Column } from './table.ts';

const evidence = z.object({ runId: z.string(), field: z.string(), quote: z.string() });
const rule = z.looseObject({
  id: z.string(),
  version: z.number(),
  kind: z.string(),
  status: z.string(),
  quarantined: z.boolean(),
  priority: z.string(),
  content: z.string(),
  appliesWhen: z.string(),
  tags: z.array(z.string()),
  tokens: z.number(),
  reason: z.string(),
  verdictId: z.string().optional(),
  provenance: z.looseObject({
    origin: z.string(),
    by: z.string(),
    because: z.string().optional(),
    evidence: z.array(evidence),
  }),
});
type RuleView = z.infer<typeof rule>;

const list = z.object({ items: z.array(rule), snapshot: z.number() });
const event = z.looseObject({
  sequence: z.number(),
  type: z.string(),
  at: z.string(),
  actor: z.string(),
  data: z.string(),
});
const shown = z.object({ rule, history: z.array(event), verdict: z.unknown() });
const changed = z.object({ rule });

const COLUMNS: readonly Column<RuleView>[] = [
  { title: 'ID', value: ({ id, priority }) => `${shortId(id)}${priority === 'pinned' ? '*' : ''}` },
  { title: 'KIND', value: ({ kind }) => kind },
  { title: 'STATUS', value: statusOf },
  { title: 'RULE', value: ({ appliesWhen, content }) => `when ${appliesWhen}: ${content}` },
];

function statusOf({ status, quarantined }: RuleView): string {
  return quarantined && status !== 'archived' ? `${status}, quarantined` : status;
}

/** `tracelore knowledge …`: what was learned, and what a person decides about it. */
export function addKnowledgeCommands(program: Command): void {
  const knowledge = program.command('knowledge').description('rules: see, approve, reject, pin, edit');

  knowledge
    .command('list')
    .description('rules, * = pinned')
    .option('--status <status>', RULE_STATUSES.join(' | '))
    .option('--search <text>', 'only rules that contain this')
    .action(async (options: { status?: string; search?: string }, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get('/v1/knowledge', list, {
        status: options.status,
        q: options.search,
      });
      context.show(answer, () =>
        answer.items.length === 0 ? 'No rules.' : context.table(COLUMNS, answer.items),
      );
    });

  knowledge
    .command('show <id>')
    .description('one rule with its evidence, history and verdict')
    .action(async (id: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get(`/v1/knowledge/${encodeURIComponent(id)}`, shown);
      context.show(answer, () => describe(answer));
    });

  knowledge
    .command('add')
    .description('write a rule down yourself: a candidate, to be approved or proven')
    .requiredOption('--when <text>', 'the situation it applies to')
    .requiredOption('--content <text>')
    .option('--kind <kind>', RULE_KINDS.join(' | '), 'skill')
    .option('--tags <tags>', 'separated by commas')
    .option('--because <text>', 'why it is so')
    .action(async (options: AddOptions, command: Command) => {
      const context = contextOf(command);
      const { when, content, kind, tags, because } = options;
      const answer = await context.client.post(
        '/v1/knowledge',
        { actor: context.actor, appliesWhen: when, content, kind, tags: tagsOf(tags), because },
        changed,
      );
      context.show(
        answer,
        () =>
          `Rule ${shortId(answer.rule.id)} is a candidate: "tracelore knowledge approve ${shortId(answer.rule.id)}" puts it into service, "tracelore learn" proves it.`,
      );
    });

  const judge = (verb: string, description: string, done: string, takesReason: boolean): void => {
    const command = knowledge.command(`${verb} <id>`).description(description);
    if (takesReason) command.option('--reason <text>', 'why; stands in the history');
    command.action(async (id: string, options: { reason?: string }, self: Command) => {
      const context = contextOf(self);
      const answer = await context.client.post(
        `/v1/knowledge/${encodeURIComponent(id)}/${verb}`,
        { actor: context.actor, ...options },
        changed,
      );
      context.show(answer, () => `${done} ${shortId(answer.rule.id)} (now ${statusOf(answer.rule)}).`);
    });
  };
  judge('approve', 'put a candidate or validated rule into service', 'Approved', true);
  judge('reject', 'archive a rule', 'Rejected', true);
  judge('deprecate', 'take a rule out of service', 'Deprecated', true);
  judge('pin', 'put an active rule into every answer', 'Pinned', false);
  judge('unpin', 'serve a pinned rule by relevance again', 'Unpinned', false);

  knowledge
    .command('edit <id>')
    .description('change the text: a new version, which is a candidate again')
    .option('--content <text>')
    .option('--when <text>', 'the situation it applies to')
    .option('--kind <kind>')
    .option('--tags <tags>', 'separated by commas')
    .action(async (id: string, options: EditOptions, command: Command) => {
      const context = contextOf(command);
      const { content, when, kind, tags } = options;
      const answer = await context.client.post(
        `/v1/knowledge/${encodeURIComponent(id)}/edit`,
        {
          actor: context.actor,
          content,
          appliesWhen: when,
          kind,
          tags: tagsOf(tags),
        },
        changed,
      );
      context.show(
        answer,
        () =>
          `Rule ${shortId(answer.rule.id)} is now version ${answer.rule.version} and a candidate again: approve it, or let "tracelore learn" prove it.`,
      );
    });
}

function tagsOf(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

interface AddOptions {
  readonly when: string;
  readonly content: string;
  readonly kind: string;
  readonly tags?: string;
  readonly because?: string;
}

interface EditOptions {
  readonly content?: string;
  readonly when?: string;
  readonly kind?: string;
  readonly tags?: string;
}

function describe({ rule: found, history }: z.infer<typeof shown>): string {
  const { provenance } = found;
  const lines = [
    `${found.id}@${found.version}  ${found.kind}  ${statusOf(found)}${found.priority === 'pinned' ? '  pinned' : ''}  ${found.tokens} tokens`,
    `when     ${found.appliesWhen}`,
    `rule     ${found.content.replaceAll('\n', '\n         ')}`,
    ...(found.tags.length === 0 ? [] : [`tags     ${found.tags.join(', ')}`]),
    ...(found.reason === '' ? [] : [`reason   ${found.reason}`]),
    `from     ${provenance.origin}, ${provenance.by}`,
    ...(provenance.because === undefined ? [] : [`because  ${provenance.because}`]),
    ...provenance.evidence.map(
      ({ runId, field, quote }) => `evidence run ${shortId(runId)} ${field}: "${quote}"`,
    ),
    ...(found.verdictId === undefined ? [] : [`verdict  ${found.verdictId}`]),
    'history',
    ...history.map(
      ({ sequence, at, type, actor, data }) => `  ${sequence}  ${at}  ${type} by ${actor}${reasonIn(data)}`,
    ),
  ];
  return printable(lines.join('\n'));
}

function reasonIn(data: string): string {
  const parsed = z.object({ reason: z.string().min(1) }).safeParse(JSON.parse(data));
  return parsed.success ? `: ${parsed.data.reason}` : '';
}
