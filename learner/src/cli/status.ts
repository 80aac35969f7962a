import type { Command } from 'commander';
import { z } from 'zod';
import { armsText, liftText } from '../online/effect-text.ts';
import { contextOf } from './context.ts';

const arm = z.looseObject({ units: z.number(), missing: z.number(), outcome: z.number().nullable() });

const passEnd = z
  .looseObject({ id: z.string(), finishedAt: z.string().nullable(), error: z.string() })
  .nullable();

const status = z.looseObject({
  project: z.string(),
  version: z.string(),
  knowledge: z.looseObject({
    candidate: z.number(),
    validated: z.number(),
    active: z.number(),
    deprecated: z.number(),
    archived: z.number(),
    pinned: z.number(),
    quarantined: z.number(),
    snapshot: z.number(),
  }),
  online: z.looseObject({
    stages: z.record(z.string(), z.number()),
    broken: z.number(),
    layer: z
      .looseObject({
        units: z.number(),
        with: arm,
        without: arm,
        lift: z.object({ estimate: z.number(), low: z.number(), high: z.number() }).nullable(),
      })
      .nullable(),
  }),
  runs: z.looseObject({
    total: z.number(),
    passed: z.number(),
    failed: z.number(),
    undecided: z.number(),
    unanalysed: z.number(),
  }),
  evalCases: z.number(),
  runners: z.number(),
  model: z.string(),
  lastPass: z.looseObject({ id: z.string(), state: z.string(), startedAt: z.string() }).nullable(),
  lastSuccess: passEnd,
  lastFailure: passEnd,
  next: z.array(z.string()),
  notes: z.array(z.string()),
});

/** `tracelore status`: how the project stands and what to do next. */
export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('how the project stands, what is missing and how to add it')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get('/v1/status', status);
      context.show(answer, () => describe(answer, context.client.url));
    });
}

function describe(answer: z.infer<typeof status>, url: string): string {
  const { knowledge, runs, lastPass, lastSuccess, lastFailure } = answer;
  return [
    `Project    ${answer.project} at ${url}, version ${answer.version}`,
    `Knowledge  ${knowledge.active} active (${knowledge.pinned} pinned), ${knowledge.validated} validated, ${knowledge.candidate} candidates (${knowledge.quarantined} quarantined), ${knowledge.deprecated} deprecated, ${knowledge.archived} archived; snapshot ${knowledge.snapshot}`,
    `Online     ${onlineText(answer.online)}`,
    `Runs       ${runs.total}: ${runs.passed} passed, ${runs.failed} failed, ${runs.undecided} without outcome; ${runs.unanalysed} not analysed`,
    `Evals      ${answer.evalCases} cases, ${answer.runners} runner(s)`,
    `Model      ${answer.model === '' ? 'none' : answer.model}`,
    `Learning   ${lastPass === null ? 'no pass yet' : `last pass ${lastPass.id.slice(0, 8)} ${lastPass.state}, started ${lastPass.startedAt}`}`,
    ...(lastSuccess === null || lastSuccess.id === lastPass?.id
      ? []
      : [`           last success ${lastSuccess.id.slice(0, 8)}, ${lastSuccess.finishedAt ?? ''}`]),
    ...(lastFailure === null
      ? []
      : [
          `           last failure ${lastFailure.id.slice(0, 8)}, ${lastFailure.finishedAt ?? 'interrupted'}: ${lastFailure.error}`,
        ]),
    ...answer.next.map((step) => `Next       ${step}`),
    ...answer.notes.map((note) => `Note       ${note}`),
  ].join('\n');
}

function onlineText({ stages, layer }: z.infer<typeof status>['online']): string {
  const counted = Object.entries(stages).flatMap(([stage, rules]) =>
    rules === 0 ? [] : [`${rules} ${stage}`],
  );
  const measured = counted.length === 0 ? 'no rule is measured' : counted.join(', ');
  if (layer === null) return measured;
  const effect = liftText(layer);
  return `${measured}; all rules together: ${armsText(layer)}${effect === '' ? '' : `, effect ${effect}`}`;
}
