import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';
import { shortId } from '../ids.ts';
import { contextOf } from './context.ts';
import { money, moneyOfCalls } from './money.ts';
import { cut, printable, type Column } from './table.ts';

const outcome = z.looseObject({
  source: z.string(),
  score: z.number().nullable(),
  passed: z.boolean().nullable(),
  comment: z.string(),
});
const run = z.looseObject({
  runId: z.string(),
  name: z.string(),
  agent: z.string(),
  state: z.string(),
  status: z.string(),
  startTime: z.string(),
  durationMs: z.number(),
  spans: z.number(),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  cost: z.number().nullable(),
  unpricedCalls: z.number(),
  knowledgeArm: z.string(),
  knowledgeItems: z.array(z.string()),
  outcome: outcome.nullable(),
});
type RunView = z.infer<typeof run>;
const list = z.object({ runs: z.array(run), next: z.string().optional() });
const span = z.looseObject({
  spanId: z.string(),
  parentSpanId: z.string(),
  name: z.string(),
  kind: z.string(),
  status: z.string(),
  statusMessage: z.string(),
  durationMs: z.number(),
  cost: z.number().nullable(),
  costSource: z.string(),
  input: z.string(),
  output: z.string(),
});
type SpanView = z.infer<typeof span>;
const shown = z.object({ run, spans: z.array(span), outcomes: z.array(outcome) });

const COLUMNS: readonly Column<RunView>[] = [
  { title: 'RUN', value: ({ runId }) => shortId(runId) },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'OUTCOME', value: ({ outcome: resolved }) => outcomeText(resolved) },
  { title: 'SPANS', value: ({ spans }) => String(spans), right: true },
  { title: 'TOKENS', value: tokens, right: true },
  { title: 'COST', value: ({ cost, unpricedCalls }) => moneyOfCalls(cost, unpricedCalls), right: true },
  { title: 'MS', value: ({ durationMs }) => durationMs.toFixed(0), right: true },
  { title: 'STARTED', value: ({ startTime }) => startTime.slice(0, 19).replace('T', ' ') },
  { title: 'AGENT', value: ({ agent, name }) => (agent === '' ? name : agent) },
];

/** Characters of an input or output that `show` prints; `--full` prints all. */
const PREVIEW_CHARACTERS = 300;

/** `tracelore traces …`: what the agent did. */
export function addTraceCommands(program: Command): void {
  const traces = program.command('traces').description('recorded runs of agents');

  traces
    .command('list')
    .description('runs, newest first')
    .option('--state <state>', 'open | closed | abandoned')
    .option('--outcome <outcome>', 'passed | failed | none')
    .option('--agent <name>')
    .option('--limit <n>', 'most runs, up to 500', positiveInteger, 20)
    .action(async (options: ListOptions, command: Command) => {
      const context = contextOf(command);
      const { limit, ...filter } = options;
      const answer = await context.client.get('/v1/traces', list, { ...filter, limit: String(limit) });
      context.show(answer, () =>
        answer.runs.length === 0 ? 'No runs.' : context.table(COLUMNS, answer.runs),
      );
    });

  traces
    .command('show <run>')
    .description('one run: its spans as a tree, with inputs, outputs and outcomes')
    .option('--full', 'whole inputs and outputs')
    .action(async (id: string, options: { full?: boolean }, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get(`/v1/traces/${encodeURIComponent(id)}`, shown);
      const charactersMax = options.full === true ? Number.POSITIVE_INFINITY : PREVIEW_CHARACTERS;
      context.show(answer, () => describe(answer, charactersMax));
    });
}

interface ListOptions {
  readonly state?: string;
  readonly outcome?: string;
  readonly agent?: string;
  readonly limit: number;
}

/** For options that are counts. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError(`expected a whole number above 0, got "${text}".`);
}

function outcomeText(resolved: RunView['outcome']): string {
  if (resolved === null) return '-';
  const verdict = resolved.passed === null ? '' : resolved.passed ? 'passed' : 'failed';
  const score = resolved.score === null ? '' : resolved.score.toFixed(2);
  return [verdict, score].filter((part) => part !== '').join(' ');
}

function tokens({ inputTokens, outputTokens }: RunView): string {
  return inputTokens === null && outputTokens === null
    ? '-'
    : String((inputTokens ?? 0) + (outputTokens ?? 0));
}

function describe({ run: found, spans, outcomes }: z.infer<typeof shown>, charactersMax: number): string {
  const knowledge =
    found.knowledgeArm === '' ? [] : [`knowledge  ${found.knowledgeArm} ${found.knowledgeItems.join(' ')}`];
  const lines = [
    `${found.runId}  ${found.name}  ${found.state}  ${outcomeText(found.outcome)}  ${found.startTime}`,
    ...costLine(found),
    ...knowledge,
    ...outcomes.map((given) => `outcome    ${given.source} ${outcomeText(given)} ${given.comment}`.trimEnd()),
    ...tree(spans).flatMap(({ span: part, depth }) => describeSpan(part, '  '.repeat(depth), charactersMax)),
  ];
  return printable(lines.join('\n'));
}

function costLine({ cost, unpricedCalls }: RunView): string[] {
  if (cost === null && unpricedCalls === 0) return [];
  const missing = unpricedCalls === 0 ? '' : `  (${unpricedCalls} model calls without a price)`;
  return [`cost       ${money(cost)}${missing}`];
}

function describeSpan(part: SpanView, indent: string, charactersMax: number): string[] {
  const failed = part.status === 'Error' ? `  ERROR ${part.statusMessage}` : '';
  const cost = part.cost === null ? '' : `  ${money(part.cost)} (${part.costSource})`;
  const content = (label: string, text: string): string[] =>
    text === ''
      ? []
      : [`${indent}    ${label} ${cut(text.replaceAll('\n', `\n${indent}      `), charactersMax)}`];
  return [
    `${indent}${part.kind} ${part.name}  ${part.durationMs.toFixed(0)} ms${cost}${failed}`,
    ...content('in ', readable(part.input)),
    ...content('out', readable(part.output)),
  ];
}

const textMessages = z.array(
  z.object({
    role: z.string(),
    parts: z.array(z.object({ type: z.literal('text'), content: z.string() })).min(1),
  }),
);

/** Messages that are text alone read as `role: text`; everything else as it was recorded. */
function readable(content: string): string {
  if (!content.startsWith('[{"role"')) return content;
  try {
    return textMessages
      .parse(JSON.parse(content))
      .map(({ role, parts }) => `${role}: ${parts.map((part) => part.content).join(' ')}`)
      .join('\n');
  } catch {
    return content;
  }
}

/** Spans in the order of the tree. A span whose parent is not there, or that is its own ancestor, stands at the top. */
function tree(spans: readonly SpanView[]): { readonly span: SpanView; readonly depth: number }[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const children = Map.groupBy(spans, ({ parentSpanId }) => (ids.has(parentSpanId) ? parentSpanId : ''));
  const seen = new Set<SpanView>();
  const ordered: { span: SpanView; depth: number }[] = [];
  const visit = (part: SpanView, depth: number): void => {
    if (seen.has(part)) return;
    seen.add(part);
    ordered.push({ span: part, depth });
    for (const child of children.get(part.spanId) ?? []) visit(child, depth + 1);
  };
  for (const root of children.get('') ?? []) visit(root, 0);
  for (const rest of spans) visit(rest, 0);
  return ordered;
}
