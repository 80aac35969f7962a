import type { Command } from 'commander';
import { z } from 'zod';
import { countReplays, REPLAY_RESULTS } from '../replays/run-replay.ts';
import { shortId } from '../ids.ts';
import { behaviour, behaviourLines } from './behaviours.ts';
import { CliError } from './cli-error.ts';
import { contextOf, type CliContext } from './context.ts';

const report = z.looseObject({
  ruleId: z.string(),
  ruleVersion: z.number(),
  status: z.string(),
  reason: z.string(),
  pairs: z.number(),
  logE: z.number(),
  logEThreshold: z.number(),
  logEClustered: z.number(),
  triggeredTasks: z.number(),
  lift: z.looseObject({
    provisional: z.number(),
    confirmed: z.number().nullable(),
    confidenceSequence: z.tuple([z.number(), z.number()]),
  }),
});
const replay = z.looseObject({
  ruleId: z.string(),
  runId: z.string(),
  result: z.enum(REPLAY_RESULTS),
  reason: z.string(),
});
const cycle = z.looseObject({
  id: z.string(),
  bound: z.string(),
  mode: z.string().optional(),
  finishedAt: z.string(),
  runsUsed: z.number(),
  runsBudget: z.number(),
  icc: z.number().nullable(),
  seed: z.string(),
  fingerprint: z.string(),
  reports: z.array(report),
  replays: z.array(replay).default([]),
  behaviours: z.array(behaviour).default([]),
});
type Cycle = z.infer<typeof cycle>;

const number = z.number().nullable();
const recomputed = z.looseObject({
  cycleId: z.string(),
  trials: z.number(),
  randomised: z.boolean(),
  equal: z.boolean(),
  behaviours: z.array(behaviour),
  verdicts: z.array(
    z.looseObject({
      ruleId: z.string(),
      ruleVersion: z.number(),
      status: z.string(),
      holds: z.boolean(),
      numbers: z.record(z.string(), number),
      differences: z.array(z.object({ name: z.string(), reported: number, recomputed: number })),
    }),
  ),
});
type Recomputed = z.infer<typeof recomputed>;

/** `tracelore verdict …`: why rules were promoted or not, and whether the stored trials say so. */
export function addVerdictCommands(program: Command): void {
  const verdict = program.command('verdict').description('why a rule was promoted or not');

  verdict
    .command('show <id>')
    .description('a validation cycle, by its own id or as the newest that judged a rule')
    .action(async (id: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get(`/v1/verdicts/${encodeURIComponent(id)}`, cycle);
      context.show(answer, () => describe(answer, context));
    });

  verdict
    .command('recompute <id>')
    .description(
      'makes the verdicts of a cycle again from its stored trials and its seed; fails when they differ',
    )
    .action(async (id: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const route = `/v1/verdicts/${encodeURIComponent(id)}/recomputed`;
      const answer = await context.client.get(route, recomputed);
      context.show(answer, () => compare(answer));
      if (!answer.equal)
        throw new CliError(`the stored trials of cycle ${shortId(answer.cycleId)} do not give its report.`);
    });
}

function describe(shown: Cycle, context: CliContext): string {
  return [
    `Cycle   ${shown.id}, ${shown.finishedAt}`,
    `Bound   ${shown.bound}`,
    `Trials  ${shown.runsUsed} of at most ${shown.runsBudget}, mode ${shown.mode ?? 'race'}, seed ${shown.seed}`,
    `Noise   ${shown.icc === null ? 'unknown' : `ICC ${shown.icc.toFixed(2)}: share of variance between cases`}`,
    '',
    context.table(
      [
        { title: 'RULE', value: ({ ruleId, ruleVersion }) => `${shortId(ruleId)}@${ruleVersion}` },
        { title: 'VERDICT', value: ({ status }) => status },
        { title: 'LIFT', value: liftOf },
        { title: 'PAIRS', value: ({ pairs }) => String(pairs) },
        { title: 'E', value: ({ logE }) => evidence(logE) },
        { title: 'NEEDED', value: ({ logEThreshold }) => evidence(logEThreshold) },
        { title: 'REASON', value: ({ reason }) => reason },
      ],
      shown.reports,
    ),
    ...behaviourLines(shown.behaviours),
    ...replayLines(shown, context),
  ].join('\n');
}

/** Replays stand apart: they are no trials of the cycle. Those that could not be run are only counted. */
function replayLines({ replays }: Cycle, context: CliContext): string[] {
  if (replays.length === 0) return [];
  const ran = replays.filter(({ result }) => result !== 'not_replayable');
  const columns = [
    { title: 'RULE', value: ({ ruleId }) => shortId(ruleId) },
    { title: 'RUN', value: ({ runId }) => shortId(runId) },
    { title: 'REPLAY', value: ({ result }) => result },
    { title: 'REASON', value: ({ reason }) => reason },
  ] satisfies Parameters<typeof context.table<Cycle['replays'][number]>>[0];
  return [
    '',
    `Replays of failed runs, a first filter and no evidence: ${countReplays(replays)}`,
    ...(ran.length === 0 ? [] : [context.table(columns, ran)]),
  ];
}

/** Points, with the interval that holds at any look. */
function liftOf({ lift }: Cycle['reports'][number]): string {
  const [low, high] = lift.confidenceSequence;
  const points = (share: number): string => (100 * share).toFixed(0);
  const value = points(lift.confirmed ?? lift.provisional);
  return `${value} [${points(low)}, ${points(high)}]${lift.confirmed === null ? '' : ' confirmed'}`;
}

function evidence(logE: number): string {
  return Math.exp(logE).toPrecision(3);
}

function compare({ trials, randomised, verdicts, behaviours }: Recomputed): string {
  const same = verdicts.filter(({ differences, holds }) => differences.length === 0 && holds);
  return [
    `${same.length} of ${verdicts.length} verdicts follow from the ${trials} stored trials, number by number.`,
    randomised
      ? 'Order and coins of the trials are those of the seed.'
      : 'Order or coins of the trials are not those of the seed.',
    ...verdicts.flatMap(({ ruleId, ruleVersion, status, holds, differences }) => {
      const name = `${shortId(ruleId)}@${ruleVersion}`;
      return [
        ...(holds ? [] : [`${name}: the numbers do not allow "${status}"`]),
        ...differences.map(
          (difference) =>
            `${name}: ${difference.name} is reported as ${difference.reported}, the trials give ${difference.recomputed}`,
        ),
      ];
    }),
    ...(behaviours.length === 0
      ? []
      : ['By the stored trials, other than reported:', ...behaviourLines(behaviours)]),
  ].join('\n');
}
