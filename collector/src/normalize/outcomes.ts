import { createHash } from 'node:crypto';
import { ATTR, EVENT_EVALUATION, OUTCOME_SOURCES, type OutcomeSource } from '@tracelore/sdk/contract';
import type {
  Attributes,
  AttributeValue,
  DecodedSpan,
  LogRecord,
  OutcomeRecord,
  SpanRecord,
} from '../records.ts';
import { bounded } from './attribute-text.ts';
import { readName, readNumber, readText } from './canonical-fields.ts';
import { isJson, parsedJson } from './content/message-part.ts';
import { plausibleTime } from './times.ts';

/** Labels that say pass or fail by themselves, lower case. */
const PASS_LABELS: ReadonlySet<string> = new Set([
  'pass',
  'passed',
  'true',
  'yes',
  'correct',
  'success',
  'good',
]);
const FAIL_LABELS: ReadonlySet<string> = new Set([
  'fail',
  'failed',
  'false',
  'no',
  'incorrect',
  'failure',
  'bad',
]);

/** What a judgement says, under the conventions' names and under those of OpenInference (`evaluation`, `annotation`). */
const NAMES = {
  name: [ATTR.evaluationName, 'evaluation.name', 'annotation.name'],
  score: [ATTR.evaluationScore, 'evaluation.score', 'annotation.score'],
  label: [ATTR.evaluationLabel, 'evaluation.label', 'annotation.label'],
  explanation: [ATTR.evaluationExplanation, 'evaluation.explanation', 'annotation.explanation'],
  passed: [ATTR.outcomePassed, 'evaluation.passed'],
} as const;

/** LangWatch's event: the judgement as one JSON object in this attribute. */
const LANGWATCH_EVENT = 'langwatch.evaluation.custom';
const LANGWATCH_JUDGEMENT = 'json_encoded_event';

const NO_OUTCOMES: readonly OutcomeRecord[] = [];

/** Where a judgement was found. */
interface Place {
  readonly project: string;
  /** Judged run, unless the judgement names another one. */
  readonly runId: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly timeUnixNano: bigint;
  readonly receivedAtMs: number;
  /** Tells judgements at the same span apart. */
  readonly position: string;
}

/**
 * Outcomes on a span: its `gen_ai.evaluation.result` events; on an evaluator span without such an event the span's own
 * evaluation attributes. A span that links to what it judges and names no run judges the linked trace.
 */
export function spanOutcomes(span: DecodedSpan, record: SpanRecord): readonly OutcomeRecord[] {
  const isEvaluator = record.kind === 'evaluator' || span.attributes.has(ATTR.outcomeId);
  if (span.events.length === 0 && !isEvaluator) return NO_OUTCOMES;
  const events = span.events.filter(({ name }) => name === EVENT_EVALUATION || name === LANGWATCH_EVENT);
  if (events.length === 0 && !isEvaluator) return NO_OUTCOMES;
  const named = readName(span.attributes.get(ATTR.runId) ?? null);
  const linked = record.kind === 'evaluator' ? span.links.find(({ traceId }) => traceId !== '') : undefined;
  const place: Omit<Place, 'timeUnixNano' | 'position'> = {
    project: record.project,
    runId: named ?? linked?.traceId ?? record.runId,
    traceId: span.traceId,
    spanId: span.spanId,
    receivedAtMs: record.receivedAtMs,
  };
  const judged =
    events.length === 0
      ? [
          outcomeIn(logfireFeedback(span.attributes) ?? span.attributes, {
            ...place,
            timeUnixNano: record.startUnixNano,
            position: 'span',
          }),
        ]
      : events.map((event, index) =>
          outcomeIn(
            event.name === LANGWATCH_EVENT ? langwatchJudgement(event.attributes) : event.attributes,
            {
              ...place,
              timeUnixNano: plausibleTime(record.receivedAtMs, event.timeUnixNano, record.startUnixNano),
              position: `event ${index}`,
            },
          ),
        );
  return judged.filter((outcome) => outcome !== undefined);
}

/** Outcome in a log record with the event name `gen_ai.evaluation.result`. */
export function logOutcome(log: LogRecord, attributes: Attributes): OutcomeRecord | undefined {
  if (log.eventName !== EVENT_EVALUATION) return undefined;
  return outcomeIn(attributes, {
    project: log.project,
    runId: log.traceId,
    traceId: log.traceId,
    spanId: log.spanId,
    timeUnixNano: log.timeUnixNano,
    receivedAtMs: log.receivedAtMs,
    position: `log ${log.timeUnixNano}`,
  });
}

/** `undefined` when the attributes judge nothing: neither score, verdict nor a label that says pass or fail. */
function outcomeIn(attributes: Attributes, place: Place): OutcomeRecord | undefined {
  const first = (names: readonly string[]): AttributeValue =>
    names.map((name) => attributes.get(name)).find((value) => value !== undefined && value !== null) ?? null;
  const text = (...names: readonly string[]): string | undefined => readText(first(names));
  const runId = readName(first([ATTR.runId])) ?? place.runId;
  const score = readNumber(first(NAMES.score));
  const passed = verdictOf(first(NAMES.passed), text(...NAMES.label));
  // A score on another scale than [0, 1] cannot be compared: without a verdict it is no outcome for us.
  const comparable = score !== undefined && score <= 1 ? score : null;
  if (runId === '' || (comparable === null && passed === null)) return undefined;
  const name = text(...NAMES.name) ?? 'outcome';
  const { project, traceId, spanId, timeUnixNano, receivedAtMs } = place;
  return {
    project,
    outcomeId: text(ATTR.outcomeId) ?? derivedId(traceId, spanId, place.position, name),
    runId,
    traceId,
    spanId,
    name,
    source: sourceIn(text(ATTR.outcomeSource)),
    score: comparable,
    passed,
    comment: bounded(text(...NAMES.explanation) ?? ''),
    timeUnixNano,
    receivedAtMs,
  };
}

function langwatchJudgement(attributes: Attributes): Attributes {
  const judgement = parsedJson(attributes.get(LANGWATCH_JUDGEMENT) ?? null);
  const fields = new Map<string, AttributeValue>();
  if (!isJson(judgement)) return fields;
  for (const [name, value] of Object.entries(judgement))
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      fields.set(`evaluation.${name === 'details' ? 'explanation' : name}`, value);
  return fields;
}

/** Feedback in Logfire is a span: the value stands in an attribute with the name of the feedback. */
function logfireFeedback(attributes: Attributes): Attributes | undefined {
  const name = readName(attributes.get('logfire.feedback.name') ?? null);
  if (name === undefined) return undefined;
  const value = attributes.get(name) ?? null;
  return new Map<string, AttributeValue>([
    [ATTR.evaluationName, name],
    [
      typeof value === 'boolean'
        ? ATTR.outcomePassed
        : readNumber(value) === undefined
          ? ATTR.evaluationLabel
          : ATTR.evaluationScore,
      value,
    ],
    [ATTR.evaluationExplanation, attributes.get('logfire.feedback.comment') ?? null],
    [ATTR.outcomeSource, 'feedback'],
  ]);
}

function verdictOf(passed: AttributeValue, label: string | undefined): boolean | null {
  if (typeof passed === 'boolean') return passed;
  const word = label?.toLowerCase() ?? '';
  if (PASS_LABELS.has(word)) return true;
  return FAIL_LABELS.has(word) ? false : null;
}

/** Evaluations of foreign tools are judgements of a model or a metric unless they say otherwise. */
function sourceIn(source: string | undefined): OutcomeSource {
  return OUTCOME_SOURCES.find((known) => known === source) ?? 'judge';
}

/** The same for the same judgement sent again, so that it counts once. */
function derivedId(traceId: string, spanId: string, position: string, name: string): string {
  return createHash('sha256')
    .update(`${traceId}\n${spanId}\n${position}\n${name}`)
    .digest('hex')
    .slice(0, 32);
}
