import { z } from 'zod';
import type { CliContext } from './context.ts';
import { money } from './money.ts';
import { costLine, outcomeText, outcome, run } from './run-lines.ts';
import { cut, printable } from './table.ts';

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
const page = z.object({
  run,
  spans: z.array(span),
  outcomes: z.array(outcome),
  next: z.number().optional(),
});
type RunPage = z.infer<typeof page>;
const oneSpan = z.object({ span: span.extend({ attributes: z.record(z.string(), z.string()) }) });

/** Characters of an input or output that are printed; `--full` prints all. */
const SHOWN_CHARACTERS = 300;
/** From this length on a text of a preview may be only the beginning. */
const PREVIEW_CHARACTERS = 1_000;

/** A run as a tree. However large it is, it is read in pages, and whole texts span by span. */
export async function showRun(context: CliContext, id: string, isFull: boolean): Promise<void> {
  const spans: SpanView[] = [];
  let first: RunPage | undefined;
  for await (const next of pagesOf(context, id, 'preview')) {
    first ??= next;
    spans.push(...next.spans);
  }
  if (first === undefined) return;
  context.print(printable(head(first).join('\n')));
  for (const { span: preview, depth } of tree(spans)) {
    const isWhole = preview.input.length < PREVIEW_CHARACTERS && preview.output.length < PREVIEW_CHARACTERS;
    const shown = isFull && !isWhole ? await spanOf(context, first.run.runId, preview.spanId) : preview;
    const charactersMax = isFull ? Number.POSITIVE_INFINITY : SHOWN_CHARACTERS;
    context.print(printable(describeSpan(shown, '  '.repeat(depth), charactersMax).join('\n')));
  }
}

/** A run with all content as one JSON object, printed page by page. */
export async function printRun(context: CliContext, id: string): Promise<void> {
  let isFirst = true;
  for await (const { run: found, outcomes, spans } of pagesOf(context, id, 'full')) {
    if (isFirst) {
      context.print(`{ "run": ${JSON.stringify(found)}, "outcomes": ${JSON.stringify(outcomes)}, "spans": [`);
    }
    for (const one of spans) {
      context.print(`${isFirst ? '' : ','}${JSON.stringify(one)}`);
      isFirst = false;
    }
  }
  context.print(']}');
}

/** One span with everything that is known of it. */
export async function showSpan(context: CliContext, runId: string, id: string): Promise<void> {
  const answer = await context.client.get(pathOf(runId, id), oneSpan);
  const attributes = Object.entries(answer.span.attributes).map(([name, value]) => `    ${name} = ${value}`);
  context.show(answer, () =>
    printable([...describeSpan(answer.span, '', Number.POSITIVE_INFINITY), ...attributes].join('\n')),
  );
}

async function* pagesOf(
  context: CliContext,
  id: string,
  content: 'full' | 'preview',
): AsyncGenerator<RunPage> {
  let offset: number | undefined = 0;
  while (offset !== undefined) {
    const answer: RunPage = await context.client.get(pathOf(id), page, { content, offset: String(offset) });
    yield answer;
    offset = answer.next;
  }
}

async function spanOf(context: CliContext, runId: string, id: string): Promise<SpanView> {
  return (await context.client.get(pathOf(runId, id), oneSpan)).span;
}

function pathOf(runId: string, spanId?: string): string {
  const path = `/v1/traces/${encodeURIComponent(runId)}`;
  return spanId === undefined ? path : `${path}/spans/${encodeURIComponent(spanId)}`;
}

function head({ run: found, outcomes }: RunPage): string[] {
  const knowledge =
    found.knowledgeArm === '' ? [] : [`knowledge  ${found.knowledgeArm} ${found.knowledgeItems.join(' ')}`];
  return [
    `${found.runId}  ${found.name}  ${found.state}  ${outcomeText(found.outcome)}  ${found.startTime}`,
    ...costLine(found),
    ...knowledge,
    ...outcomes.map((given) => `outcome    ${given.source} ${outcomeText(given)} ${given.comment}`.trimEnd()),
  ];
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

/** Messages that are text alone read as `role: text`, also when only their beginning is there; all else as it was recorded. */
function readable(content: string): string {
  if (!content.startsWith('[{"role"')) return content;
  try {
    return textMessages
      .parse(JSON.parse(content))
      .map(({ role, parts }) => `${role}: ${parts.map((part) => part.content).join(' ')}`)
      .join('\n');
  } catch {
    return content.length < PREVIEW_CHARACTERS ? content : readableBeginning(content);
  }
}

const ROLE_OR_TEXT = /"role":"(\w+)"|"content":"((?:[^"\\]|\\.)*)/g;

function readableBeginning(content: string): string {
  const parts = [...content.matchAll(ROLE_OR_TEXT)].map(([, role, text]) =>
    role === undefined ? String(JSON.parse(`"${text}"`)) : `\n${role}: `,
  );
  return parts.join('').trim();
}

/** Spans in the order of the tree. A span whose parent is not there, or that is its own ancestor, stands at the top. */
function tree(spans: readonly SpanView[]): { readonly span: SpanView; readonly depth: number }[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const children = Map.groupBy(spans, ({ parentSpanId }) => (ids.has(parentSpanId) ? parentSpanId : ''));
  const seen = new Set<SpanView>();
  const ordered: { span: SpanView; depth: number }[] = [];
  // Those that stand at the top, and after them what no top leads to.
  for (const top of [...(children.get('') ?? []), ...spans]) {
    const waiting = [{ span: top, depth: 0 }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { span: part, depth } = next;
      if (seen.has(part)) continue;
      seen.add(part);
      ordered.push(next);
      const below = children.get(part.spanId) ?? [];
      waiting.push(...below.toReversed().map((child) => ({ span: child, depth: depth + 1 })));
    }
  }
  return ordered;
}
