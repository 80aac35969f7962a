import { RUN_STATES, wordsIn, type RunFilter, type SpanFilter } from '@tracelore/collector/store';
import { z } from 'zod';

/** Most runs on a page. */
export const PAGE_RUNS_MAX = 500;
/** Longest `name=value` that attributes are indexed by, bytes. */
const ATTRIBUTE_BYTES_MAX = 256;
const ATTRIBUTES_MAX = 16;

const OUTCOMES = ['passed', 'failed', 'none'] as const;
const STATUSES = ['Ok', 'Error', 'Unset'] as const;

const text = z.string().max(1_000);
const atLeastZero = z.coerce.number().min(0);
/** ISO 8601, or a date alone: its beginning (UTC). */
const time = z
  .string()
  .refine((value) => !Number.isNaN(Date.parse(value)), 'expected a time such as 2026-11-20T12:00:00Z')
  .transform((value) => Date.parse(value));
const attribute = z
  .string()
  .regex(/^[^=]+=/, 'expected name=value')
  .refine(
    (pair) => Buffer.byteLength(pair) <= ATTRIBUTE_BYTES_MAX,
    `expected at most ${ATTRIBUTE_BYTES_MAX} bytes, search longer values by their words`,
  );

const query = z.strictObject({
  state: z.enum(RUN_STATES).optional(),
  outcome: z.enum(OUTCOMES).optional(),
  status: z.enum(STATUSES).optional(),
  agent: text.optional(),
  service: text.optional(),
  environment: text.optional(),
  name: text.optional(),
  conversation: text.optional(),
  session: text.optional(),
  user: text.optional(),
  tag: text.optional(),
  minMs: atLeastZero.optional(),
  maxMs: atLeastZero.optional(),
  minTokens: atLeastZero.int().optional(),
  /** USD. */
  minCost: atLeastZero.optional(),
  from: time.optional(),
  to: time.optional(),
  /** Words that stand in content, messages or log records of one span. */
  text: text.refine((words) => wordsIn(words).length > 0, 'expected letters or digits').optional(),
  /** `name=value`; may be given several times. */
  attribute: z.union([attribute, z.array(attribute).max(ATTRIBUTES_MAX)]).optional(),
  span: text.optional(),
  kind: text.optional(),
  model: text.optional(),
  tool: text.optional(),
  errorType: text.optional(),
  spanStatus: z.enum(STATUSES).optional(),
  spanMinMs: atLeastZero.optional(),
  spanMaxMs: atLeastZero.optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_RUNS_MAX).default(50),
  /** `next` of the page before. */
  after: z
    .string()
    .max(1_000)
    .refine((encoded) => decodeCursor(encoded) !== undefined, 'expected the `next` of an earlier page')
    .transform(decodeCursor)
    .optional(),
});

/** What the parameters of a list ask for. */
export interface RunListRequest {
  readonly limit: number;
  readonly run: Omit<RunFilter, 'project'>;
  /** What one of its spans has to be; absent when nothing is said about it. */
  readonly span?: SpanFilter;
}

export const runListQuery: z.ZodType<RunListRequest> = query.transform((asked) => {
  const span = spanFilterOf(asked);
  return { limit: asked.limit, run: runFilterOf(asked), ...(span && { span }) };
});

function runFilterOf(asked: z.infer<typeof query>): Omit<RunFilter, 'project'> {
  return given({
    limit: asked.limit,
    after: asked.after,
    state: asked.state,
    outcome: asked.outcome,
    status: asked.status,
    agent: asked.agent,
    service: asked.service,
    environment: asked.environment,
    name: asked.name,
    conversationId: asked.conversation,
    sessionId: asked.session,
    userId: asked.user,
    tag: asked.tag,
    minDurationMs: asked.minMs,
    maxDurationMs: asked.maxMs,
    minTokens: asked.minTokens,
    minCost: asked.minCost,
    startedAfterMs: asked.from,
    startedBeforeMs: asked.to,
  });
}

function spanFilterOf(asked: z.infer<typeof query>): SpanFilter | undefined {
  const filter = given({
    text: asked.text,
    attributes: asked.attribute === undefined ? undefined : [asked.attribute].flat().map(pairOf),
    name: asked.span,
    kind: asked.kind,
    model: asked.model,
    tool: asked.tool,
    errorType: asked.errorType,
    status: asked.spanStatus,
    minDurationMs: asked.spanMinMs,
    maxDurationMs: asked.spanMaxMs,
  });
  return Object.keys(filter).length === 0 ? undefined : filter;
}

function pairOf(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that are set. */
function given<T extends object>(fields: T): Given<T> {
  const set: Given<T> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined) Object.assign(set, { [name]: value });
  }
  return set;
}

export interface Cursor {
  readonly startTime: string;
  readonly runId: string;
}

export function encodeCursor({ startTime, runId }: Cursor): string {
  return Buffer.from(JSON.stringify([startTime, runId])).toString('base64url');
}

/** Where a search goes on that ended early: at the runs that started no later. */
export function cursorAt(startTime: string): Cursor {
  return { startTime, runId: '\u{10FFFF}' };
}

const cursor = z.tuple([z.iso.datetime(), z.string()]);

/** Undefined when it is none of ours. */
function decodeCursor(encoded: string): Cursor | undefined {
  try {
    const [startTime, runId] = cursor.parse(JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8')));
    return { startTime, runId };
  } catch {
    return undefined;
  }
}
