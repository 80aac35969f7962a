import { expect, test } from 'vitest';
import type { AttributeValue, DecodedLog } from '../records.ts';
import { normalized, RECEIVED_AT_MS, spanOf, START_NS } from '../testing/span-of.ts';
import { normalizeLogs } from './normalize-log.ts';

function evaluation(attributes: Readonly<Record<string, AttributeValue>>): {
  events: { name: string; timeUnixNano: bigint; attributes: Map<string, AttributeValue> }[];
} {
  return {
    events: [
      {
        name: 'gen_ai.evaluation.result',
        timeUnixNano: START_NS,
        attributes: new Map(Object.entries(attributes)),
      },
    ],
  };
}

test('an evaluation event is an outcome of the run of its span', () => {
  const { outcomes } = normalized(
    { 'tracelore.run.id': 'run-1' },
    evaluation({
      'tracelore.outcome.id': 'o1',
      'tracelore.outcome.source': 'check',
      'tracelore.outcome.passed': false,
      'gen_ai.evaluation.name': 'accuracy',
      'gen_ai.evaluation.score.value': 0.25,
      'gen_ai.evaluation.explanation': 'one row missing',
    }),
  );
  expect(outcomes).toStrictEqual([
    {
      project: 'test',
      outcomeId: 'o1',
      runId: 'run-1',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: '00f067aa0ba902b1',
      name: 'accuracy',
      source: 'check',
      score: 0.25,
      passed: false,
      comment: 'one row missing',
      timeUnixNano: START_NS,
      receivedAtMs: RECEIVED_AT_MS,
    },
  ]);
});

test('without an id the same event has the same id again, another one another', () => {
  const id = (name: string): string | undefined =>
    normalized({}, evaluation({ 'gen_ai.evaluation.name': name, 'gen_ai.evaluation.score.value': 1n }))
      .outcomes[0]?.outcomeId;
  expect(id('a')).toMatch(/^[0-9a-f]{32}$/);
  expect(id('a')).toBe(id('a'));
  expect(id('b')).not.toBe(id('a'));
});

test.each([
  [{ 'gen_ai.evaluation.score.label': 'pass' }, true, null],
  [{ 'gen_ai.evaluation.score.label': 'Incorrect' }, false, null],
  [{ 'gen_ai.evaluation.score.label': 'relevant', 'gen_ai.evaluation.score.value': 0.85 }, null, 0.85],
  [{ 'gen_ai.evaluation.score.label': 'fail', 'gen_ai.evaluation.score.value': 4n }, false, null],
] as const)('%o: passed %s, score %s', (attributes, passed, score) => {
  expect(normalized({}, evaluation(attributes)).outcomes).toMatchObject([{ passed, score, source: 'judge' }]);
});

test.each([
  { 'gen_ai.evaluation.name': 'tone' },
  { 'gen_ai.evaluation.score.label': 'relevant' },
  { 'gen_ai.evaluation.score.value': 4n },
])('%o judges nothing', (attributes) => {
  expect(normalized({}, evaluation(attributes)).outcomes).toStrictEqual([]);
});

test('an evaluator span judges the run it names, else the trace it links to', () => {
  const attributes = {
    'gen_ai.operation.name': 'evaluate',
    'gen_ai.evaluation.score.value': 1,
  };
  const links = [{ traceId: 'f'.repeat(32), spanId: '1'.repeat(16), traceState: '', attributes: new Map() }];
  expect(normalized(attributes, { links }).outcomes).toMatchObject([{ runId: 'f'.repeat(32), score: 1 }]);
  expect(normalized({ ...attributes, 'tracelore.run.id': 'named' }, { links }).outcomes).toMatchObject([
    { runId: 'named' },
  ]);
});

test('an evaluator span with an event is one outcome, not two', () => {
  const { outcomes } = normalized(
    { 'gen_ai.operation.name': 'evaluate', 'gen_ai.evaluation.score.value': 1 },
    evaluation({ 'gen_ai.evaluation.score.value': 0 }),
  );
  expect(outcomes).toMatchObject([{ score: 0 }]);
});

test.each([
  [
    'langwatch.evaluation.custom',
    { json_encoded_event: '{"name":"relevance","score":0.85,"passed":true,"details":"on topic"}' },
  ],
  [
    'gen_ai.evaluation.result',
    {
      'annotation.name': 'relevance',
      'annotation.score': 0.85,
      'annotation.label': 'pass',
      'annotation.explanation': 'on topic',
    },
  ],
] as const)('a judgement in %s of another product is an outcome', (name, attributes) => {
  const events = [{ name, timeUnixNano: START_NS, attributes: new Map(Object.entries(attributes)) }];
  expect(normalized({}, { events }).outcomes).toMatchObject([
    { name: 'relevance', score: 0.85, passed: true, comment: 'on topic', source: 'judge' },
  ]);
});

function logOf(eventName: string, attributes: Readonly<Record<string, AttributeValue>>): DecodedLog {
  const { resource, scope, traceId, spanId } = spanOf({});
  return {
    resource,
    scope,
    timeUnixNano: 0n,
    observedTimeUnixNano: START_NS,
    traceId,
    spanId,
    flags: 1,
    severityNumber: 9,
    severityText: 'INFO',
    eventName,
    body: { content: 'hi', parts: [1n, 2] },
    attributes: new Map(Object.entries(attributes)),
  };
}

test('a log record is stored with its body as JSON and its event name wherever it stood', () => {
  const { logs, outcomes } = normalizeLogs(
    [logOf('', { 'event.name': 'gen_ai.choice' })],
    () => 'test',
    RECEIVED_AT_MS,
  );
  expect(logs).toMatchObject([
    { eventName: 'gen_ai.choice', body: '{"content":"hi","parts":[1,2.0]}', timeUnixNano: START_NS },
  ]);
  expect(outcomes).toStrictEqual([]);
});

test('an evaluation in a log record is an outcome', () => {
  const { outcomes } = normalizeLogs(
    [logOf('gen_ai.evaluation.result', { 'gen_ai.evaluation.score.value': 0.5, 'tracelore.run.id': 'r' })],
    () => 'test',
    RECEIVED_AT_MS,
  );
  expect(outcomes).toMatchObject([{ runId: 'r', score: 0.5, source: 'judge' }]);
});

test.each([
  [0.1, { score: 0.1, passed: null }],
  [true, { score: null, passed: true }],
  ['bad', { score: null, passed: false }],
] as const)("feedback of %s in Logfire is an outcome of its span's run", (value, wanted) => {
  const { outcomes, span } = normalized({
    'logfire.feedback.name': 'factuality',
    factuality: value,
    'logfire.feedback.comment': 'the agent lied',
  });
  expect(outcomes).toMatchObject([
    { runId: span.traceId, name: 'factuality', source: 'feedback', comment: 'the agent lied', ...wanted },
  ]);
});
