import type { Command } from 'commander';
import { z } from 'zod';
import { shortId } from '../ids.ts';
import { RULE_KINDS, RULE_STATUSES } from '../knowledge/rule.ts';
import { armsText, liftText } from '../online/effect-text.ts';
import { contextOf } from './context.ts';
import { addKnowledgePredictions } from './knowledge-predictions.ts';
import { addKnowledgeAudit } from './knowledge-reports.ts';
import { addKnowledgeTransferCommands } from './knowledge-transfer.ts';
import { addManagedKnowledgeCommands } from './managed-knowledge.ts';
import { addStateCommands } from './snapshots.ts';
import { printable, type Column } from './table.ts';

const evidence = z.object({ runId: z.string(), field: z.string(), quote: z.string() });
const arm = z.looseObject({ units: z.number(), missing: z.number(), outcome: z.number().nullable() });
const watch = z.looseObject({
  epoch: z.string(),
  fingerprint: z.string(),
  current: z.boolean(),
  stage: z.string(),
  withheldShare: z.number(),
  units: z.number(),
  with: arm,
  without: arm,
  lift: z.object({ estimate: z.number(), low: z.number(), high: z.number() }).nullable(),
  eHarm: z.number(),
  eBenefit: z.number(),
  eFutility: z.number(),
  alarms: z.number(),
  broken: z.string().nullable(),
  next: z.string(),
});
type WatchShown = z.infer<typeof watch>;
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
  expiresAt: z.string().optional(),
  pinRequest: z.looseObject({ actor: z.string() }).optional(),
  provenance: z.looseObject({
    origin: z.string(),
    by: z.string(),
    because: z.string().optional(),
    evidence: z.array(evidence),
  }),
});
type RuleView = z.infer<typeof rule>;

const listed = rule.extend({ watch: watch.nullable() });
type ListedRule = z.infer<typeof listed>;

const list = z.object({ items: z.array(listed), snapshot: z.number() });
const event = z.looseObject({
  sequence: z.number(),
  type: z.string(),
  at: z.string(),
  actor: z.string(),
  data: z.string(),
});
const shown = z.object({
  rule,
  history: z.array(event),
  verdict: z.unknown(),
  watches: z.array(watch),
});
const changed = z.object({ rule });

/** Left out while production has not said anything. */
const EFFECT: Column<ListedRule> = {
  title: 'EFFECT',
  value: ({ watch: seen }) => (seen?.current === true ? liftText(seen) : ''),
};
const COLUMNS: readonly Column<ListedRule>[] = [
  { title: 'ID', value: ({ id, priority }) => `${shortId(id)}${priority === 'pinned' ? '*' : ''}` },
  { title: 'KIND', value: ({ kind }) => kind },
  { title: 'STATUS', value: stageOf },
  { title: 'RULE', value: ({ appliesWhen, content }) => `when ${appliesWhen}: ${content}` },
];

function stageOf(item: ListedRule): string {
  const isMeasured = item.watch?.current === true;
  const isDormant = item.status === 'validated' && item.watch?.stage === 'dormant';
  const stage = isMeasured && (item.status === 'active' || isDormant) ? (item.watch?.stage ?? '') : '';
  // Of a rule that is out of service only the end of its last experiment would be told.
  return stage === '' || stage === item.status ? statusOf(item) : `${statusOf(item)}, ${stage}`;
}

function columnsFor(items: readonly ListedRule[]): readonly Column<ListedRule>[] {
  const isMeasured = items.some((item) => EFFECT.value(item) !== '');
  return isMeasured ? COLUMNS.toSpliced(-1, 0, EFFECT) : COLUMNS;
}

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
        answer.items.length === 0 ? 'No rules.' : context.table(columnsFor(answer.items), answer.items),
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

  addStateCommands(knowledge);
  addManagedKnowledgeCommands(knowledge);
  addKnowledgeTransferCommands(knowledge);
  addKnowledgeAudit(knowledge);
  addKnowledgePredictions(knowledge);

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
      const isAsked = verb === 'pin' && answer.rule.pinRequest !== undefined;
      context.show(answer, () =>
        isAsked
          ? `Asked to pin ${shortId(answer.rule.id)}: a second person has to agree.`
          : `${done} ${shortId(answer.rule.id)} (now ${statusOf(answer.rule)}).`,
      );
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

function pinnedText(found: RuleView): string {
  if (found.priority === 'pinned') return '  pinned';
  const { pinRequest } = found;
  return pinRequest === undefined ? '' : `  ${pinRequest.actor} wants it pinned: a second person is awaited`;
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

function describeWatch(seen: WatchShown): string[] {
  const under = seen.fingerprint === '' ? '' : `, fingerprint ${seen.fingerprint}`;
  const e = (value: number): string => (value >= 1_000 ? value.toExponential(0) : value.toFixed(1));
  return [
    `online   ${seen.current ? seen.stage : `ended ${seen.stage}`}, withheld from ${Math.round(100 * seen.withheldShare)} %; epoch ${seen.epoch}${under}`,
    `         ${armsText(seen)}`,
    ...(seen.lift === null ? [] : [`         effect ${liftText(seen)}`]),
    `         E harm ${e(seen.eHarm)}, benefit ${e(seen.eBenefit)}, futility ${e(seen.eFutility)}; ${seen.alarms} drift alarm(s)`,
    `         next: ${seen.next}`,
  ];
}

function describe({ rule: found, history, watches }: z.infer<typeof shown>): string {
  const { provenance } = found;
  const lines = [
    `${found.id}@${found.version}  ${found.kind}  ${statusOf(found)}${pinnedText(found)}  ${found.tokens} tokens`,
    `when     ${found.appliesWhen}`,
    `rule     ${found.content.replaceAll('\n', '\n         ')}`,
    ...(found.tags.length === 0 ? [] : [`tags     ${found.tags.join(', ')}`]),
    ...(found.reason === '' ? [] : [`reason   ${found.reason}`]),
    ...(found.expiresAt === undefined ? [] : [`ends     ${found.expiresAt}`]),
    `from     ${provenance.origin}, ${provenance.by}`,
    ...(provenance.because === undefined ? [] : [`because  ${provenance.because}`]),
    ...provenance.evidence.map(
      ({ runId, field, quote }) =>
        `evidence run ${shortId(runId)} ${field}: ${quote === '' ? 'erased' : `"${quote}"`}`,
    ),
    ...(found.verdictId === undefined ? [] : [`verdict  ${found.verdictId}`]),
    ...watches.flatMap(describeWatch),
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
