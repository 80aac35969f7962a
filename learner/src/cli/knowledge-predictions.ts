import type { Command } from 'commander';
import { z } from 'zod';
import { shortId } from '../ids.ts';
import { PREDICTION_RESULTS } from '../validators/prediction-result.ts';
import { contextOf } from './context.ts';
import type { Column } from './table.ts';

const count = z.object({ runs: z.number(), failed: z.number() });
const scored = z.object({
  name: z.string(),
  validation: z.enum(PREDICTION_RESULTS),
  production: z.object({ given: count, notGiven: count }).nullable(),
});
const tally = z.object({ came_true: z.number(), did_not: z.number(), unknown: z.number() });
const predictions = z.looseObject({
  rules: z.array(
    z.looseObject({
      ruleId: z.string(),
      version: z.number(),
      status: z.string(),
      fixes: z.array(scored),
      risks: z.array(scored),
      missed: z.array(z.string()),
    }),
  ),
  fixes: tally,
  risks: tally.extend({ missed: z.number() }),
});
type Rule = z.infer<typeof predictions>['rules'][number];

/** One prediction, in a line of its own. */
interface Line {
  readonly rule: Rule;
  readonly what: string;
  readonly trials: string;
  readonly production: z.infer<typeof scored>['production'];
}

const COLUMNS: readonly Column<Line>[] = [
  { title: 'RULE', value: ({ rule }) => `${shortId(rule.ruleId)}@${rule.version}` },
  { title: 'STATUS', value: ({ rule }) => rule.status },
  { title: 'PREDICTION', value: ({ what }) => what },
  { title: 'TRIALS', value: ({ trials }) => trials },
  { title: 'FAILED WITH IT', value: ({ production }) => share(production?.given), right: true },
  { title: 'WITHOUT', value: ({ production }) => share(production?.notGiven), right: true },
];

/** `knowledge predictions`: what lessons predicted, and what came of it. */
export function addKnowledgePredictions(knowledge: Command): void {
  knowledge
    .command('predictions')
    .description('what lessons predicted, and what trials and production say about it')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get('/v1/reports/predictions', predictions);
      context.show(answer, () => {
        if (answer.rules.length === 0) return 'No rule came with predictions.';
        const { fixes, risks } = answer;
        return [
          context.table(COLUMNS, answer.rules.flatMap(linesOf)),
          '',
          `Fixes  ${fixes.came_true} came true, ${fixes.did_not} did not, ${fixes.unknown} unknown`,
          `Risks  ${risks.came_true} came true, ${risks.did_not} did not, ${risks.unknown} unknown; ${risks.missed} that nobody predicted`,
          'By the trials. Production is counted, not randomised: it proves nothing.',
        ].join('\n');
      });
    });
}

function linesOf(rule: Rule): Line[] {
  const line = (kind: string, { name, validation, production }: z.infer<typeof scored>): Line => ({
    rule,
    what: `${kind} ${name}`,
    trials: validation.replace('_', ' '),
    production,
  });
  return [
    ...rule.fixes.map((fix) => line('fixes', { ...fix, name: shortId(fix.name) })),
    ...rule.risks.map((risk) => line('harms', risk)),
    ...rule.missed.map((name) => ({
      rule,
      what: `harms ${name}`,
      trials: 'not predicted',
      production: null,
    })),
  ];
}

function share(counted: z.infer<typeof count> | undefined): string {
  return counted === undefined ? '-' : `${counted.failed} of ${counted.runs}`;
}
