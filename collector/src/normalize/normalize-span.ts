import { ATTR } from '@tracelore/sdk/contract';
import type {
  Attributes,
  DecodedSpan,
  OutcomeRecord,
  SpanRecord,
  StoredEvent,
  StoredLink,
} from '../records.ts';
import { callCost } from '../pricing/call-cost.ts';
import { bounded, type Contents, storedAttributes, storedTexts } from './attribute-text.ts';
import { readList, readName, readNumber, readText, type CanonicalFields } from './canonical-fields.ts';
import { Emitters, type Emitter } from './emitter.ts';
import { collectFields, type Collected } from './collect-fields.ts';
import {
  answerText,
  argumentsText,
  contentText,
  instructionsText,
  resultText,
  valueText,
} from './content/content-text.ts';
import { MAPPING_VERSION, PLAIN_DIALECT } from './dialects/index.ts';
import { spanOutcomes } from './outcomes.ts';
import { providerName } from './provider-name.ts';
import { natureOf, type Nature } from './span-kind.ts';
import { plausibleTime, spanTimes } from './times.ts';
import { tokensOf } from './tokens.ts';

/** Canonical records of one request's spans, with the outcomes that ride on them. */
export function normalizeSpans(
  spans: readonly DecodedSpan[],
  projectOf: (span: DecodedSpan) => string,
  receivedAtMs: number,
): { readonly spans: SpanRecord[]; readonly outcomes: OutcomeRecord[] } {
  const emitters = new Emitters();
  const records: SpanRecord[] = [];
  const outcomes: OutcomeRecord[] = [];
  for (const span of spans) {
    const record = normalizeSpan(span, emitters.of(span), projectOf(span), receivedAtMs);
    records.push(record);
    for (const outcome of spanOutcomes(span, record)) outcomes.push(outcome);
  }
  return { spans: records, outcomes };
}

const NONE: readonly never[] = [];

function normalizeSpan(
  span: DecodedSpan,
  emitter: Emitter,
  project: string,
  receivedAtMs: number,
): SpanRecord {
  const { attributes } = span;
  const { fields, dialect, nature, contents, warnings: oddities } = interpret(span);
  const times = spanTimes(span.startUnixNano, span.endUnixNano, receivedAtMs);
  const { tokens, warnings } = tokensOf(fields);
  const stored = storedAttributes(attributes, contents);
  if (times.warnings.length > 0) keepRawTimes(span, stored);
  const text = (name: string): string => readName(attributes.get(name) ?? null) ?? '';
  const provider = fields.provider === undefined ? '' : providerName(fields.provider);
  // Langfuse has levels in place of a status.
  const status = span.status === 'Unset' && fields.level === 'ERROR' ? 'Error' : span.status;
  const requestModel = fields.requestModel ?? '';
  const responseModel = fields.responseModel ?? '';
  const cost = callCost({
    nature,
    provider,
    requestModel,
    responseModel,
    tokens,
    startUnixNano: times.startUnixNano,
    host: text('server.address'),
    reportedCost: fields.reportedCost,
  });
  const isOdd = times.warnings.length + warnings.length + oddities.length > 0;
  // Written out, without spreading: objects of one shape, which everything behind reads twice as fast.
  return {
    project,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    runId: text(ATTR.runId) || span.traceId,
    trialId: text(ATTR.trialId),
    name: span.name,
    kind: nature.kind,
    otelKind: span.otelKind,
    service: emitter.service,
    environment: fields.environment ?? emitter.environment,
    scopeName: span.scope.name,
    scopeVersion: span.scope.version,
    startUnixNano: times.startUnixNano,
    durationNano: times.durationNano,
    status,
    statusMessage: bounded(span.statusMessage || (status === 'Error' ? problemOf(span, fields) : '')),
    errorType: fields.errorType ?? exceptionType(span) ?? '',
    operation: nature.operation,
    provider,
    requestModel,
    responseModel,
    responseId: fields.responseId ?? '',
    finishReasons: fields.finishReasons ?? NONE,
    agent: fields.agent ?? '',
    tool: fields.tool ?? (nature.kind === 'tool' ? toolNameIn(span.name) : ''),
    toolCallId: fields.toolCallId ?? '',
    conversationId: fields.conversationId ?? '',
    sessionId: fields.sessionId ?? '',
    userId: fields.userId ?? '',
    tags: fields.tags ?? NONE,
    inputTokens: tokens.inputTokens,
    outputTokens: tokens.outputTokens,
    cacheReadTokens: tokens.cacheReadTokens,
    cacheWriteTokens: tokens.cacheWriteTokens,
    reasoningTokens: tokens.reasoningTokens,
    costNanoUsd: cost.nanoUsd,
    costSource: cost.source,
    timeToFirstChunk: fields.timeToFirstChunk ?? null,
    input: contents.input,
    output: contents.output,
    systemInstructions: contents.systemInstructions,
    toolDefinitions: contents.toolDefinitions,
    knowledgeDecision: text(ATTR.knowledgeDecision),
    knowledgeSnapshot: readNumber(attributes.get(ATTR.knowledgeSnapshot) ?? null) ?? null,
    knowledgeArm: text(ATTR.knowledgeArm),
    knowledgeItems: readList(attributes.get(ATTR.knowledgeItems) ?? null) ?? NONE,
    fingerprint: text(ATTR.fingerprint),
    attributes: stored.texts,
    attributeTypes: stored.types,
    resourceAttributes: emitter.resourceAttributes,
    scopeAttributes: emitter.scopeAttributes,
    events:
      span.events.length === 0 ? NONE : span.events.map((event) => storedEvent(event, span, receivedAtMs)),
    links: span.links.length === 0 ? NONE : span.links.map(storedLink),
    traceState: span.traceState,
    flags: span.flags,
    dialect: dialect.name,
    mappingVersion: MAPPING_VERSION,
    receivedAtMs,
    warnings: isOdd ? [...times.warnings, ...warnings, ...oddities] : NONE,
  };
}

/** A tool span without a tool attribute is named after its tool, with or without the convention's prefix. */
function toolNameIn(spanName: string): string {
  return spanName.replace(/^(?:execute_tool|running tool|tool call|tool)[:\s]+/i, '');
}

interface Interpretation extends Collected {
  readonly nature: Nature;
  readonly contents: Contents;
  readonly warnings: readonly string[];
}

const NO_CONTENTS: Contents = { input: '', output: '', systemInstructions: '', toolDefinitions: '' };

/**
 * What the attributes mean. Content comes from anyone: what cannot be interpreted, such as messages nested a hundred
 * thousand deep inside a text, costs the span its canonical fields and nothing more.
 */
function interpret(span: DecodedSpan): Interpretation {
  try {
    const collected = collectFields(span, span.scope.name);
    const nature = natureOf(span.attributes, collected.fields);
    const contents = contentsOf(collected.fields, nature.kind === 'tool');
    return { fields: collected.fields, dialect: collected.dialect, nature, contents, warnings: NONE };
  } catch {
    const nature: Nature = { operation: '', kind: 'other' };
    return {
      fields: {},
      dialect: PLAIN_DIALECT,
      nature,
      contents: NO_CONTENTS,
      warnings: ['not_interpreted'],
    };
  }
}

function contentsOf(fields: CanonicalFields, isTool: boolean): Contents {
  const input = isTool ? (fields.toolArguments ?? fields.input) : (fields.input ?? fields.toolArguments);
  const output = isTool ? (fields.toolResult ?? fields.output) : (fields.output ?? fields.toolResult);
  const asked = input === undefined ? undefined : isTool ? argumentsText(input) : contentText(input);
  const answered = output === undefined ? '' : isTool ? resultText(output) : answerText(output);
  const system = typeof asked === 'object' ? asked.system : undefined;
  return {
    input: bounded(typeof asked === 'object' ? asked.text : (asked ?? '')),
    output: bounded(answered),
    systemInstructions: bounded(
      fields.systemInstructions === undefined ? (system ?? '') : instructionsText(fields.systemInstructions),
    ),
    toolDefinitions: bounded(
      fields.toolDefinitions === undefined
        ? ((typeof asked === 'object' ? asked.tools : undefined) ?? '')
        : valueText(fields.toolDefinitions),
    ),
  };
}

/** Raw times of a span whose times could not be stored; as attributes, so that nothing is lost. */
function keepRawTimes(span: DecodedSpan, stored: ReturnType<typeof storedAttributes>): void {
  for (const [name, value] of [
    ['tracelore.raw.start_time_unix_nano', span.startUnixNano],
    ['tracelore.raw.end_time_unix_nano', span.endUnixNano],
  ] as const) {
    stored.texts.set(name, String(value));
    stored.types.set(name, 'int');
  }
}

function exceptionType(span: DecodedSpan): string | undefined {
  return ofException(span, 'exception.type');
}

/** What went wrong, of a span that failed without saying it in its status. */
function problemOf(span: DecodedSpan, fields: CanonicalFields): string {
  return fields.errorMessage ?? ofException(span, 'exception.message') ?? '';
}

function ofException(span: DecodedSpan, attribute: string): string | undefined {
  const event = span.events.findLast(({ name }) => name === 'exception');
  return event === undefined ? undefined : readText(event.attributes.get(attribute) ?? null);
}

function storedEvent(
  event: DecodedSpan['events'][number],
  span: DecodedSpan,
  receivedAtMs: number,
): StoredEvent {
  return {
    timeUnixNano: plausibleTime(receivedAtMs, event.timeUnixNano, span.startUnixNano),
    name: event.name,
    attributes: storedTexts(event.attributes),
  };
}

function storedLink(link: { readonly attributes: Attributes } & Omit<StoredLink, 'attributes'>): StoredLink {
  const { traceId, spanId, traceState } = link;
  return { traceId, spanId, traceState, attributes: storedTexts(link.attributes) };
}
