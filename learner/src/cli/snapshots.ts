import type { Command } from 'commander';
import { z } from 'zod';
import { shortId } from '../ids.ts';
import { confirm } from './confirm.ts';
import { contextOf, type CliContext } from './context.ts';
import { cut, printable, type Column } from './table.ts';

const snapshot = z.looseObject({
  position: z.number(),
  tag: z.string().optional(),
  reason: z.string(),
  actor: z.string(),
  at: z.string(),
  inForce: z.number(),
  restores: z.number().optional(),
});
type SnapshotView = z.infer<typeof snapshot>;
const list = z.object({ snapshots: z.array(snapshot), position: z.number() });
const created = z.object({ snapshot });
const end = z
  .looseObject({
    version: z.number(),
    status: z.string(),
    quarantined: z.boolean(),
    priority: z.string(),
    appliesWhen: z.string(),
    content: z.string(),
  })
  .nullable();
const difference = z.looseObject({ ruleId: z.string(), kind: z.string(), before: end, after: end });
type DifferenceView = z.infer<typeof difference>;
const diff = z.object({ from: z.number(), to: z.number(), differences: z.array(difference) });
const restored = z.looseObject({
  from: z.number(),
  changed: z.array(z.string()),
  keptBack: z.array(z.object({ ruleId: z.string(), why: z.string() })),
  snapshot,
});
const ruleAt = z.looseObject({
  id: z.string(),
  version: z.number(),
  priority: z.string(),
  appliesWhen: z.string(),
  content: z.string(),
});
const at = z.object({ position: z.number(), items: z.array(ruleAt) });

const COLUMNS: readonly Column<SnapshotView>[] = [
  { title: 'ID', value: ({ position }) => String(position), right: true },
  { title: 'TAG', value: ({ tag = '' }) => tag },
  { title: 'ITEMS', value: ({ inForce }) => String(inForce), right: true },
  { title: 'CREATED', value: ({ at: time }) => time.slice(0, 19).replace('T', ' ') },
  { title: 'BY', value: ({ actor }) => actor },
  {
    title: 'WHY',
    value: ({ reason, restores }) =>
      restores === undefined ? reason : `restored ${restores}${reason === '' ? '' : `: ${reason}`}`,
  },
];
const AT_COLUMNS: readonly Column<z.infer<typeof ruleAt>>[] = [
  {
    title: 'ID',
    value: ({ id, version, priority }) => `${shortId(id)}@${version}${priority === 'pinned' ? '*' : ''}`,
  },
  { title: 'RULE', value: ({ appliesWhen, content }) => `when ${appliesWhen}: ${content}` },
];
/** Characters of a rule's text in a comparison. */
const TEXT_CHARACTERS_MAX = 400;

/** `tracelore snapshot …`: positions of the knowledge log, to compare with and to come back to. */
export function addSnapshotCommands(program: Command): void {
  const snapshots = program
    .command('snapshot')
    .description('states of the knowledge: mark, compare, restore; named by tag, position, time or "now"');

  snapshots
    .command('create')
    .description('mark the knowledge as it is')
    .option('--tag <name>', 'a name for it, given once and for ever')
    .option('--reason <text>')
    .action(async (options: { tag?: string; reason?: string }, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.post(
        '/v1/snapshots',
        { actor: context.actor, ...options },
        created,
      );
      const { position, tag, inForce } = answer.snapshot;
      context.show(
        answer,
        () => `Snapshot ${position}${tag === undefined ? '' : ` (${tag})`}: ${inForce} rules in force.`,
      );
    });

  snapshots
    .command('list')
    .description('marked states, newest first')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get('/v1/snapshots', list);
      context.show(answer, () =>
        answer.snapshots.length === 0
          ? `No snapshots; the log ends at position ${answer.position}, and every position can be named.`
          : context.table(COLUMNS, answer.snapshots),
      );
    });

  snapshots
    .command('diff <from> [to]')
    .description('what became of the rules from one state to another, now if nothing is said')
    .action(showDiff);

  snapshots
    .command('restore <id>')
    .description(
      'bring back what was in force there; nothing is deleted, and the present state stays a snapshot',
    )
    .option('--reason <text>')
    .option('--yes', 'do not ask')
    .action(async (id: string, { yes, reason }: { yes?: boolean; reason?: string }, command: Command) => {
      const context = contextOf(command);
      const target = `/v1/snapshots/${encodeURIComponent(id)}`;
      const { differences } = await context.client.get(`${target}/diff`, diff);
      if (yes !== true) context.note(describeDiff(differences));
      await confirm(`Restore snapshot ${printable(id)}?`, yes);
      const answer = await context.client.post(
        `${target}/restore`,
        { actor: context.actor, reason },
        restored,
      );
      context.show(answer, () =>
        [
          `Restored ${answer.from}: ${answer.changed.length} rules changed, ${answer.snapshot.inForce} in force. The state is snapshot ${answer.snapshot.position}.`,
          ...answer.keptBack.map(({ ruleId, why }) => printable(`Not as it was: ${shortId(ruleId)}: ${why}`)),
        ].join('\n'),
      );
    });
}

/** `knowledge diff` and `knowledge at`: the same states, seen from the rules. */
export function addStateCommands(knowledge: Command): void {
  knowledge
    .command('diff <from> [to]')
    .description('what became of the rules between two states (tag, position, time; now if nothing is said)')
    .action(showDiff);

  knowledge
    .command('at <state>')
    .description('the rules in force at a tag, a position or a time like 2026-11-20T12:00:00Z')
    .action(async (state: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get(`/v1/snapshots/${encodeURIComponent(state)}`, at);
      context.show(answer, () =>
        answer.items.length === 0
          ? `No rules were in force at position ${answer.position}.`
          : context.table(AT_COLUMNS, answer.items),
      );
    });
}

async function showDiff(
  from: string,
  to: string | undefined,
  _options: object,
  command: Command,
): Promise<void> {
  const context: CliContext = contextOf(command);
  const answer = await context.client.get(`/v1/snapshots/${encodeURIComponent(from)}/diff`, diff, { to });
  context.show(answer, () => describeDiff(answer.differences));
}

const MARKS: Readonly<Record<string, string>> = { added: '+', removed: '-', changed: '~' };

function describeDiff(differences: readonly DifferenceView[]): string {
  const seen = differences.filter(({ kind }) => MARKS[kind] !== undefined);
  const rest = differences.length - seen.length;
  const lines = seen.flatMap(({ ruleId, kind, before, after }) => {
    const name = `${MARKS[kind] ?? ' '} ${shortId(ruleId)}`;
    if (kind === 'added') return [`${name}@${after?.version ?? ''}  ${textOf(after)}`];
    if (kind === 'removed')
      return [`${name}@${before?.version ?? ''}  ${textOf(before)} (now ${after?.status ?? 'gone'})`];
    if (before?.version === after?.version) return [`${name}  now ${after?.priority ?? ''}`];
    return [
      `${name}@${before?.version ?? ''} → @${after?.version ?? ''}`,
      `    - ${textOf(before)}`,
      `    + ${textOf(after)}`,
    ];
  });
  if (lines.length === 0) lines.push('The same rules are in force.');
  if (rest > 0) lines.push(`${rest} rules that are in force in neither state differ: --json has them.`);
  return printable(lines.join('\n'));
}

function textOf(rule: DifferenceView['before']): string {
  return rule === null ? '' : cut(`when ${rule.appliesWhen}: ${rule.content}`, TEXT_CHARACTERS_MAX);
}
