import type { Command } from 'commander';
import { z } from 'zod';
import { shortId } from '../ids.ts';
import { contextOf, type CliContext } from './context.ts';

const share = z.looseObject({ mean: z.number(), variance: z.number() });
const report = z.looseObject({
  signals: z.array(
    z.looseObject({
      agent: z.string(),
      source: z.string(),
      audited: z.number(),
      sensitivity: share,
      specificity: share,
      balancedAccuracy: z.number(),
      standing: z.string(),
    }),
  ),
  deciding: z.array(z.string()),
  lifts: z.array(
    z.looseObject({
      ruleId: z.string(),
      source: z.string(),
      units: z.number(),
      judged: z.number(),
      corrected: z.object({ lift: z.number(), low: z.number(), high: z.number() }).nullable(),
    }),
  ),
});
type Report = z.infer<typeof report>;

/** What a standing means for what the signal may do. */
const STANDINGS: Readonly<Record<string, string>> = {
  trusted: 'decides',
  unaudited: 'ranks only: too few audits',
  inaccurate: 'ranks only: too often wrong',
  depends_on_arm: 'ranks only: wrong more often in one arm',
};

/** `tracelore judge`: how far judges and users can be believed. */
export function addJudgeCommand(program: Command): void {
  program
    .command('judge')
    .description('how far judges and users can be believed, and what that makes of lifts')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get('/v1/judge', report);
      context.show(answer, () => describe(answer, context));
    });
}

function describe({ deciding, signals, lifts }: Report, context: CliContext): string {
  const table = context.table(
    [
      { title: 'SOURCE', value: ({ source }) => source },
      { title: 'AGENT', value: ({ agent }) => agent },
      { title: 'AUDITED', value: ({ audited }) => String(audited) },
      { title: 'SENSITIVITY', value: ({ sensitivity }) => percent(sensitivity) },
      { title: 'SPECIFICITY', value: ({ specificity }) => percent(specificity) },
      { title: 'BALANCED', value: ({ balancedAccuracy }) => `${Math.round(balancedAccuracy * 100)} %` },
      { title: 'STANDING', value: ({ standing }) => STANDINGS[standing] ?? standing },
    ],
    signals,
  );
  return [
    `Sources that promote and deprecate: ${deciding.join(', ')}`,
    '',
    signals.length === 0 ? 'No run was judged by two sources yet: nothing is audited.' : table,
    ...(lifts.length === 0 ? [] : ['', ...lifts.map(liftLine)]),
  ].join('\n');
}

function liftLine({ ruleId, source, units, judged, corrected }: Report['lifts'][number]): string {
  const points = (lift: number): string => (lift * 100).toFixed(1);
  const truth =
    corrected === null
      ? 'which cannot be corrected'
      : `corrected ${points(corrected.lift)} [${points(corrected.low)}, ${points(corrected.high)}]`;
  const rule = ruleId === '' ? 'all rules' : shortId(ruleId);
  return `${rule}: ${source} says ${points(judged)} points over ${units} units, ${truth}`;
}

/** A share with its standard error. */
function percent({ mean, variance }: { readonly mean: number; readonly variance: number }): string {
  return `${Math.round(mean * 100)} ± ${Math.round(Math.sqrt(variance) * 100)} %`;
}
