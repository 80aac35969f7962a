import type { Command } from 'commander';
import { z } from 'zod';
import { shortId } from '../ids.ts';
import { points } from '../online/effect-text.ts';
import { loadAgent } from './agent-module.ts';
import { contextOf, type CliContext } from './context.ts';
import { follow } from './poll.ts';
import { printable, type Column } from './table.ts';

const lift = z.object({ estimate: z.number(), low: z.number(), high: z.number() }).nullable();
const blamed = z.looseObject({
  ruleId: z.string(),
  version: z.number(),
  preview: z.string(),
  isNew: z.boolean(),
  injections: z.number(),
  effect: lift,
  recent: z.object({ runs: z.number(), failed: z.number() }),
  suspicions: z.array(z.string()),
});
type BlamedView = z.infer<typeof blamed>;
const replays = z
  .object({
    state: z.string(),
    error: z.string(),
    toolsRan: z.string(),
    replays: z.array(
      z.object({ without: z.array(z.string()), score: z.number().nullable(), reason: z.string() }),
    ),
    better: z.array(z.string()),
    shares: z.array(z.object({ rule: z.string(), share: z.number() })),
    orders: z.number(),
  })
  .nullable();
const report = z.looseObject({
  runId: z.string(),
  outcome: z.looseObject({ score: z.number().nullable(), passed: z.boolean().nullable() }).nullable(),
  rules: z.array(blamed),
  recommendation: z.string(),
  replays,
});
type ReportView = z.infer<typeof report>;
const started = z.object({ runId: z.string() });

const COLUMNS: readonly Column<BlamedView>[] = [
  { title: 'ID', value: ({ ruleId, version }) => `${shortId(ruleId)}@${version}` },
  { title: 'INJ.', value: ({ injections }) => String(injections), right: true },
  {
    title: 'EFFECT',
    value: ({ effect }) =>
      effect === null ? '-' : `${points(effect.estimate)} [${points(effect.low)}, ${points(effect.high)}]`,
  },
  { title: 'FAILED', value: ({ recent }) => `${recent.failed} of ${recent.runs}`, right: true },
  { title: 'SUSPECTED', value: ({ suspicions }) => (suspicions.length === 0 ? 'no' : suspicions.join('; ')) },
  { title: 'RULE', value: ({ preview }) => preview },
];

interface BlameOptions {
  readonly replay?: boolean;
  readonly expected?: string;
  readonly agent?: string;
}

/** `traces blame`: which rules of a run may have to do with its failure. */
export function addBlameCommand(traces: Command): void {
  traces
    .command('blame <run>')
    .description('the rules a run was given, most suspicious first; suspected, never proven')
    .option('--replay', 'do its task again without each of them, at most 12 times; needs a runner')
    .option('--expected <text>', 'the right answer, for replays')
    .option('--agent <file#export>', 'replay with this function, in this process')
    .action(async (id: string, options: BlameOptions, command: Command) => {
      const context = contextOf(command);
      const target = `/v1/traces/${encodeURIComponent(id)}/blame`;
      if (options.replay !== true) {
        const answer = await context.client.get(target, report);
        context.show(answer, () => describe(answer, context));
        return;
      }
      const agent = options.agent === undefined ? undefined : await loadAgent(options.agent, context);
      try {
        const { runId } = await context.client.post(target, { expected: options.expected }, started);
        const done = await follow(() => context.client.get(`/v1/traces/${runId}/blame`, report), {
          isDone: (state) => state.replays?.state !== 'running',
          tell: (state) => `replays: ${state.replays?.state ?? 'gone'}`,
          note: (line) => context.note(line),
        });
        context.show(done, () => describe(done, context));
      } finally {
        await agent?.stop();
      }
    });
}

function describe({ runId, rules, recommendation, replays: again }: ReportView, context: CliContext): string {
  return [
    `Run ${runId}: ${rules.length} rules were given to it.`,
    ...(rules.length === 0 ? [] : [context.table(COLUMNS, rules)]),
    ...(again === null || again.state === 'running' ? [] : describeReplays(again, rules.length)),
    recommendation,
    ...(rules.length === 0 ? [] : ['Suspected only: no rule is removed for this.']),
  ].join('\n');
}

function describeReplays(
  { error, toolsRan, replays: again, better, shares, orders }: NonNullable<z.infer<typeof replays>>,
  rules: number,
): string[] {
  if (error !== '') return [printable(`Replays failed: ${error}`)];
  return [
    toolsRan === ''
      ? 'Done again, tools answered as recorded:'
      : printable(`Done again, tools run anew, since ${toolsRan}:`),
    ...again.map(({ without, score, reason }) => {
      const what =
        without.length === 0
          ? 'with all'
          : without.length === rules
            ? 'with none'
            : `without ${without.map(shortId).join(', ')}`;
      return printable(`  ${what.padEnd(18)} ${score === null ? `not judged: ${reason}` : score.toFixed(2)}`);
    }),
    better.length === 0
      ? 'No single rule made the difference in one replay each.'
      : `Went well without ${better.map(shortId).join(', ')}, once: replays are noisy.`,
    ...(shares.length === 0
      ? []
      : [
          `Suspected shares (Shapley values over ${orders} orders of the rules; below 0 = it went worse with the rule):`,
          ...shares.map(({ rule, share }) => `  ${shortId(rule).padEnd(18)} ${share.toFixed(2)}`),
        ]),
  ];
}
