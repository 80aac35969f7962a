import type { Command } from 'commander';
import { z } from 'zod';
import { shortId } from '../ids.ts';
import { points } from '../online/effect-text.ts';
import { contextOf } from './context.ts';
import type { Column } from './table.ts';

const lift = z.object({ estimate: z.number(), low: z.number(), high: z.number() }).nullable();
type LiftView = z.infer<typeof lift>;
const audited = z.looseObject({
  ruleId: z.string(),
  version: z.number(),
  preview: z.string(),
  pinned: z.boolean(),
  stage: z.string().nullable(),
  injections: z.number(),
  confoundedRate: z.number().nullable(),
  effect: lift,
});
type AuditedView = z.infer<typeof audited>;
const audit = z.looseObject({
  inForce: z.number(),
  declining: z.array(audited),
  lowRate: z.array(audited),
  neverInjected: z.array(audited),
  insufficientData: z.array(audited),
  averageConfoundedRate: z.number().nullable(),
  averageEffect: z.number().nullable(),
  rules: z.array(audited),
});
const report = z.looseObject({
  treatmentAvg: z.number().nullable(),
  controlAvg: z.number().nullable(),
  treatmentCount: z.number(),
  controlCount: z.number(),
  lift,
  significant: z.boolean(),
  welch: z.object({ p: z.number(), significant: z.boolean() }).nullable(),
  recommendation: z.string(),
});
const ruleReport = report.extend({ ruleId: z.string(), version: z.number(), stage: z.string() });
const ab = z.object({ layer: report, rules: z.array(ruleReport) });
const range = z.object({ estimate: z.number(), low: z.number(), high: z.number().nullable() }).nullable();
const spending = z.object({ inputTokens: z.number(), outputTokens: z.number(), usd: z.number().nullable() });
const cost = z.looseObject({
  since: z.string().nullable(),
  learner: spending,
  trials: spending,
  prompts: spending,
  total: spending,
  extraSuccesses: range,
  tokensPerExtraSuccess: range,
  usdPerExtraSuccess: range,
});

const AUDIT_COLUMNS: readonly Column<AuditedView>[] = [
  { title: 'ID', value: ({ ruleId, pinned }) => `${shortId(ruleId)}${pinned ? '*' : ''}` },
  { title: 'STAGE', value: ({ stage, pinned }) => stage ?? (pinned ? 'pinned' : '-') },
  { title: 'INJ.', value: ({ injections }) => String(injections), right: true },
  { title: 'EFFECT', value: ({ effect }) => liftText(effect) },
  { title: 'CONFOUNDED', value: ({ confoundedRate }) => share(confoundedRate), right: true },
  { title: 'RULE', value: ({ preview }) => preview },
];
const AB_COLUMNS: readonly Column<z.infer<typeof ruleReport>>[] = [
  { title: 'ID', value: ({ ruleId, version }) => `${shortId(ruleId)}@${version}` },
  { title: 'STAGE', value: ({ stage }) => stage },
  {
    title: 'WITH',
    value: ({ treatmentAvg, treatmentCount }) => `${share(treatmentAvg)} (${treatmentCount})`,
  },
  { title: 'WITHOUT', value: ({ controlAvg, controlCount }) => `${share(controlAvg)} (${controlCount})` },
  { title: 'LIFT', value: (row) => liftText(row.lift) },
  { title: '', value: ({ significant }) => (significant ? 'significant' : 'not significant') },
];

/** `knowledge audit`: how the rules in force are doing. */
export function addKnowledgeAudit(knowledge: Command): void {
  knowledge
    .command('audit')
    .description('how the rules in force are doing: effect by hold-out, and the confounded rate beside it')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get('/v1/reports/audit', audit);
      context.show(answer, () => {
        if (answer.inForce === 0) return 'No rules are in force.';
        const names = (rows: readonly AuditedView[]): string =>
          rows.length === 0 ? 'none' : rows.map(({ ruleId }) => shortId(ruleId)).join(' ');
        return [
          context.table(AUDIT_COLUMNS, answer.rules),
          '',
          `Declining            ${names(answer.declining)}   (evidence of harm, or the effect seems to have changed)`,
          `Never injected       ${names(answer.neverInjected)}`,
          `Insufficient data    ${names(answer.insufficientData)}   (fewer than 10 injections)`,
          `Low rate             ${names(answer.lowRate)}   (below 30 % of units go well: confounded, no reason to remove a rule)`,
          `Average effect       ${answer.averageEffect === null ? 'not known' : `${points(answer.averageEffect)} points`}`,
          `Average rate         ${share(answer.averageConfoundedRate)}   (confounded)`,
        ].join('\n');
      });
    });
}

/** `tracelore ab-report`: what knowledge changes, and what that costs. */
export function addAbReport(program: Command): void {
  program
    .command('ab-report')
    .description(
      'what knowledge changes, all of it and rule by rule, by the hold-outs; and what a success costs',
    )
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get('/v1/reports/lift', ab);
      const costs = await context.client.get('/v1/reports/cost', cost);
      context.show({ ...answer, cost: costs }, () =>
        [
          ...describeLayer(answer.layer),
          ...(answer.rules.length === 0 ? [] : ['', context.table(AB_COLUMNS, answer.rules)]),
          '',
          ...describeCost(costs),
        ].join('\n'),
      );
    });
}

function describeLayer(layer: z.infer<typeof report>): string[] {
  const { treatmentAvg, treatmentCount, controlAvg, controlCount, welch } = layer;
  const average = (value: number | null): string => (value === null ? '–' : `${(100 * value).toFixed(1)}%`);
  return [
    `Treatment (with knowledge): ${average(treatmentAvg)} avg score (${treatmentCount} runs)`,
    `Control (without knowledge): ${average(controlAvg)} avg score (${controlCount} runs)`,
    ...(layer.lift === null
      ? []
      : [
          `Lift: ${signed(layer.lift.estimate)} (${layer.significant ? 'significant' : 'not significant'}), 95% interval ${signed(layer.lift.low)} to ${signed(layer.lift.high)}, valid at every look`,
        ]),
    ...(welch === null ? [] : [`Welch p = ${welch.p.toPrecision(2)}, right only for whoever looks once`]),
    layer.recommendation,
  ];
}

function describeCost(costs: z.infer<typeof cost>): string[] {
  const { learner, trials, prompts, extraSuccesses, tokensPerExtraSuccess, usdPerExtraSuccess } = costs;
  const tokens = (spent: z.infer<typeof spending>): string =>
    `${spent.inputTokens + spent.outputTokens} tokens${spent.usd === null ? '' : ` ($${spent.usd.toFixed(2)})`}`;
  return [
    `Spent on learning ${tokens(learner)}, on trials ${tokens(trials)}, on longer prompts ${tokens(prompts)}.`,
    extraSuccesses === null
      ? 'Extra successes: not known.'
      : `Extra successes: ${rangeText(extraSuccesses, (value) => value.toFixed(0))}.`,
    tokensPerExtraSuccess === null
      ? 'Cost per extra success: not known, or there is no sign of a gain.'
      : `Cost per extra success: ${rangeText(tokensPerExtraSuccess, (value) => value.toFixed(0))} tokens${usdPerExtraSuccess === null ? '' : `, $${rangeText(usdPerExtraSuccess, (value) => value.toPrecision(2))}`}.`,
  ];
}

function rangeText(value: NonNullable<z.infer<typeof range>>, show: (value: number) => string): string {
  return `${show(value.estimate)} [${show(value.low)}, ${value.high === null ? 'no limit' : show(value.high)}]`;
}

/** Points with an interval: `+12 [+3, +20]`. */
function liftText(value: LiftView): string {
  return value === null ? '-' : `${points(value.estimate)} [${points(value.low)}, ${points(value.high)}]`;
}

function share(value: number | null): string {
  return value === null ? '-' : `${Math.round(100 * value)} %`;
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(100 * value).toFixed(1)}%`;
}
