import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';
import { shortId } from '../ids.ts';
import { loadAgent } from './agent-module.ts';
import { CliError } from './cli-error.ts';
import { contextOf } from './context.ts';
import { follow } from './poll.ts';
import { positiveInteger } from './traces.ts';

const started = z.object({ id: z.string() });
const judged = z.object({ ruleId: z.string(), reason: z.string() });
const pass = z.looseObject({
  id: z.string(),
  state: z.string(),
  phase: z.string(),
  error: z.string(),
  runsSelected: z.number(),
  runsAnalysed: z.number(),
  analyzerCalls: z.number(),
  proposed: z.number(),
  candidates: z.number(),
  dropped: z.record(z.string(), z.number()),
  validation: z
    .looseObject({ runsUsed: z.number(), runsBudget: z.number(), active: z.number(), promoted: z.number() })
    .nullable(),
  cycleId: z.string(),
  promoted: z.array(z.string()),
  rejected: z.array(judged),
  undecided: z.array(judged),
  notes: z.array(z.string()),
  quarantined: z.number(),
  usage: z.object({ inputTokens: z.number(), outputTokens: z.number() }),
});
type PassView = z.infer<typeof pass>;

interface LearnOptions {
  readonly agent?: string;
  readonly concurrency?: number;
  readonly budget?: number;
  readonly alpha?: number;
  readonly control?: string;
  readonly mode?: string;
  readonly critical?: string;
  readonly maxTokens?: number;
  readonly maxLatency?: number;
  readonly maxCost?: number;
  readonly sentinel?: boolean;
  readonly replay: boolean;
  readonly maxRuns?: number;
  readonly maxFixes?: number;
  readonly seed?: string;
  readonly wait: boolean;
}

/** `tracelore learn`: one learning pass, followed to its end. */
export function addLearnCommand(program: Command): void {
  program
    .command('learn')
    .description('analyse failed runs, prove the lessons on eval cases, promote what helps')
    .option('--agent <file#export>', 'run the trials with this function, in this process')
    .option('--concurrency <n>', 'trials at the same time with --agent', positiveInteger)
    .option('--budget <n>', 'most trials that validation may spend', positiveInteger)
    .option('--alpha <share>', 'bound on false promotions, for example 0.05', share)
    .option('--control <kind>', 'fwer: no false promotion in the cycle; fdr: few among the promoted')
    .option('--mode <kind>', 'race: pairs per candidate; factorial: all candidates in the same trials; auto')
    .option('--critical <tags>', 'tags of cases where harm must be ruled out, separated by commas')
    .option('--sentinel', 'also compare the rules in force with themselves; void when they differ')
    .option('--max-tokens <n>', 'most tokens that a rule may add to a prompt', positiveInteger)
    .option(
      '--max-latency <ms>',
      'most that a rule may add to the 95th percentile of run times',
      positiveInteger,
    )
    .option('--max-cost <usd>', 'most that a rule may add to the mean cost of a run, USD', usd)
    .option('--no-replay', 'do not replay the failed runs that taught a candidate before it is tested')
    .option('--max-runs <n>', 'most failed runs that are analysed', positiveInteger)
    .option('--max-fixes <n>', 'most candidates that are tested; the others wait', positiveInteger)
    .option('--seed <text>', 'repeats the same random choices')
    .option('--no-wait', 'start the pass and return')
    .action(async (options: LearnOptions, command: Command) => {
      const context = contextOf(command);
      const agent =
        options.agent === undefined
          ? undefined
          : await loadAgent(options.agent, context, concurrencyOf(options));
      try {
        const { id } = await context.client.post('/v1/learn', requestOf(options), started);
        if (!options.wait) return context.show({ id }, () => `Learning pass ${shortId(id)} runs.`);
        const done = await follow(() => context.client.get(`/v1/learn/${id}`, pass), {
          isDone: ({ state }) => state !== 'running',
          tell,
          note: (text) => context.note(text),
        });
        context.show(done, () => describe(done));
        if (done.state === 'failed') throw new CliError(`learning pass ${shortId(id)} failed: ${done.error}`);
      } finally {
        await agent?.stop();
      }
    });
}

/** For options that are shares. */
function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value < 1) return value;
  throw new InvalidArgumentError(`expected a number between 0 and 1, got "${text}".`);
}

/** For options that are amounts. */
function usd(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < Infinity) return value;
  throw new InvalidArgumentError(`expected an amount in USD, for example 0.002, got "${text}".`);
}

function concurrencyOf({ concurrency }: LearnOptions): { readonly concurrency?: number } {
  return concurrency === undefined ? {} : { concurrency };
}

function requestOf({
  budget,
  critical,
  maxTokens,
  maxLatency,
  maxCost,
  maxFixes,
  ...rest
}: LearnOptions): object {
  const { alpha, control, mode, maxRuns, replay, seed, sentinel } = rest;
  const criticalTags = critical?.split(',').map((tag) => tag.trim());
  return {
    runsBudget: budget,
    alpha,
    control,
    mode,
    maxRuns,
    candidatesMax: maxFixes,
    seed,
    criticalTags,
    sentinel,
    replays: replay,
    tokensAddedMax: maxTokens,
    latencyAddedMaxMs: maxLatency,
    costAddedMaxUsd: maxCost,
  };
}

function tell({ state, phase, runsSelected, runsAnalysed, candidates, validation }: PassView): string {
  if (state !== 'running') return state;
  switch (phase) {
    case 'analyse':
      return `analyse: ${runsAnalysed} of ${runsSelected} runs`;
    case 'validate':
      return validation === null
        ? `validate: ${candidates} candidates`
        : `validate: ${validation.runsUsed} of at most ${validation.runsBudget} trials, ${validation.active} candidates in the race, ${validation.promoted} promoted`;
    default:
      return phase;
  }
}

function describe(done: PassView): string {
  const dropped = Object.entries(done.dropped).map(([reason, count]) => `${count} ${reason}`);
  return [
    `Pass       ${shortId(done.id)} ${done.state}`,
    `Analysed   ${done.runsAnalysed} of ${done.runsSelected} runs, ${done.analyzerCalls} model calls, ${done.usage.inputTokens} + ${done.usage.outputTokens} tokens`,
    `Lessons    ${done.proposed} proposed, ${done.candidates} became candidates${dropped.length === 0 ? '' : `; dropped: ${dropped.join(', ')}`}`,
    ...(done.validation === null
      ? []
      : [`Validated  with ${done.validation.runsUsed} of at most ${done.validation.runsBudget} trials`]),
    `Promoted   ${done.promoted.length === 0 ? 'none' : done.promoted.map(shortId).join(', ')}`,
    ...done.rejected.map(({ ruleId, reason }) => `Rejected   ${shortId(ruleId)}: ${reason}`),
    ...done.undecided.map(({ ruleId, reason }) => `Undecided  ${shortId(ruleId)}: ${reason}`),
    ...(done.quarantined === 0
      ? []
      : [`Quarantine ${done.quarantined} wait for a person: "tracelore knowledge quarantine list"`]),
    ...done.notes.map((text) => `Note       ${text}`),
  ].join('\n');
}
