import { describe, expect, test } from 'vitest';
import { RunTree } from './run-tree.ts';
import {
  ABANDONED_AFTER_MS,
  byTrust,
  passedOf,
  summariseRun,
  type SummaryOutcome,
  type SummarySpan,
} from './summarise-run.ts';
import { totalUsage } from './usage.ts';

function span(id: string, parent: string, fields: Partial<SummarySpan> = {}): SummarySpan {
  return {
    run_id: 'run',
    trace_id: 'trace',
    span_id: id,
    parent_span_id: parent,
    trial_id: '',
    name: id,
    kind: 'other',
    operation: '',
    dialect: '',
    scope_name: '',
    service: '',
    environment: '',
    agent: '',
    start: '1000',
    duration: '10',
    status: 'Unset',
    error_type: '',
    request_model: '',
    response_model: '',
    response_id: '',
    input_tokens: null,
    output_tokens: null,
    cost: null,
    cost_source: '',
    conversation_id: '',
    session_id: '',
    user_id: '',
    tags: [],
    fingerprint: '',
    knowledge_snapshot: null,
    knowledge_arm: '',
    knowledge_items: [],
    flags: 0,
    received: '5',
    ...fields,
  };
}

function llm(
  id: string,
  parent: string,
  input: number | null,
  fields: Partial<SummarySpan> = {},
): SummarySpan {
  return span(id, parent, { kind: 'llm', input_tokens: input, output_tokens: input, ...fields });
}

function outcome(
  source: SummaryOutcome['source'],
  time: number,
  fields: Partial<SummaryOutcome> = {},
): SummaryOutcome {
  return {
    run_id: 'run',
    source,
    score: null,
    passed: true,
    comment: '',
    time_ns: String(time),
    received: '5',
    ...fields,
  };
}

function rootOf(...spans: SummarySpan[]): string | undefined {
  return new RunTree(spans).root()?.span_id;
}

function usageOf(...spans: SummarySpan[]): (number | null)[] {
  const { calls, inputTokens } = totalUsage(new RunTree(spans));
  return [calls, inputTokens];
}

test('the root is the span without a parent, whatever came first', () => {
  expect(rootOf(span('b', 'a'), span('a', ''))).toBe('a');
});

test('a span whose parent has not come is no root: the parent may be open', () => {
  expect(rootOf(span('b', 'a'))).toBeUndefined();
  expect(rootOf(span('b', 'a', { kind: 'llm' }), span('c', 'b'))).toBeUndefined();
});

test('a span under a caller outside the run is the root: marked remote, or the agent of a run with an id of its own', () => {
  expect(rootOf(span('b', 'caller', { flags: 0x301 }))).toBe('b');
  expect(rootOf(span('b', 'caller', { kind: 'agent' }))).toBe('b');
  expect(rootOf(span('b', 'caller', { kind: 'agent', run_id: 'trace' }))).toBeUndefined();
});

test('an outcome recorded after the run is not its root', () => {
  expect(rootOf(span('e', '', { kind: 'evaluator', trace_id: 'other' }), span('a', ''))).toBe('a');
  expect(rootOf(span('e', '', { kind: 'evaluator', trace_id: 'other' }))).toBeUndefined();
});

test('parents are looked for in the same trace, and a cycle ends', () => {
  expect(rootOf(span('a', ''), span('b', 'a', { trace_id: 'other' }))).toBe('a');
  expect(usageOf(llm('a', 'b', 1), llm('b', 'a', 1), llm('c', 'c', 2))).toEqual([1, 2]);
});

test('wrappers of a model call are not calls: usage is counted at the leaves', () => {
  expect(usageOf(span('a', '', { input_tokens: 30 }), llm('w', 'a', 10), llm('x', 'w', 10))).toEqual([1, 10]);
  expect(usageOf(llm('w', '', 10), span('s', 'w'), llm('x', 's', 4), llm('y', 's', 5))).toEqual([2, 9]);
});

test('calls inside a tool or an agent that a model asked for are calls beside the one that asked', () => {
  for (const kind of ['tool', 'agent']) {
    const spans = [llm('w', '', 10), span('t', 'w', { kind }), llm('x', 't', 10, { scope_name: 's' })];
    expect(usageOf(...spans)).toEqual([2, 20]);
    expect(usageOf(...spans.map((one) => ({ ...one, response_id: 'r1' })))).toEqual([2, 20]);
  }
});

test('a wrapper counts for the calls below it when none of them reports usage', () => {
  expect(usageOf(llm('w', '', 10), llm('x', 'w', null), llm('y', '', 5))).toEqual([2, 15]);
  expect(usageOf(llm('w', '', 10), llm('x', 'w', null), llm('z', 'w', 3), llm('y', '', 5))).toEqual([3, 8]);
});

test('two instrumentations side by side tell one call, when usage, model and time say so', () => {
  const one = llm('x', 'a', 7, { scope_name: 'one', request_model: 'm' });
  const other = (fields: Partial<SummarySpan>): SummarySpan =>
    llm('y', 'a', 7, { scope_name: 'two', response_id: 'r1', request_model: 'm', ...fields });
  expect(usageOf(one, other({}))).toEqual([1, 7]);
  expect(usageOf(one, other({ request_model: '', response_model: 'm' }))).toEqual([1, 7]);
  expect(usageOf(one, other({ request_model: '' }))).toEqual([1, 7]);
  expect(usageOf(one, other({ scope_name: 'one' }))).toEqual([2, 14]);
  expect(usageOf(one, other({ request_model: 'n' }))).toEqual([2, 14]);
  expect(usageOf(one, other({ output_tokens: 8 }))).toEqual([2, 14]);
  expect(usageOf(one, other({ start: '2000' }))).toEqual([2, 14]);
  expect(usageOf({ ...one, response_id: 'r2' }, other({}))).toEqual([2, 14]);
});

test('fetching an answer is no call', () => {
  expect(usageOf(llm('x', '', 3), llm('y', '', 3, { operation: 'fetch_response' }))).toEqual([1, 3]);
});

describe('cost', () => {
  function costOf(...spans: SummarySpan[]): unknown[] {
    const { costNanoUsd, modelCosts, unpricedCalls } = totalUsage(new RunTree(spans));
    return [costNanoUsd, Object.fromEntries(modelCosts), unpricedCalls];
  }
  const priced = (
    id: string,
    parent: string,
    cost: number | null,
    fields: Partial<SummarySpan> = {},
  ): SummarySpan =>
    llm(id, parent, 5, { cost, cost_source: cost === null ? '' : 'list', request_model: 'm', ...fields });

  test('is summed over the calls by model, and those without a price are counted', () => {
    expect(
      costOf(
        span('a', '', { kind: 'agent', cost: 9, cost_source: 'reported' }),
        priced('x', 'a', 0.1),
        priced('y', 'a', 0.2),
        priced('z', 'a', 0.000000001, { response_model: 'n' }),
        priced('u', 'a', null),
        llm('v', 'a', null),
      ),
    ).toEqual([300_000_001, { m: 300_000_000, n: 1 }, 2]);
  });

  test('is unknown, not 0, when no call has one; a failed call without usage is not missed', () => {
    expect(costOf(priced('x', '', null))).toEqual([null, {}, 1]);
    expect(costOf(llm('x', '', null, { status: 'Error' }))).toEqual([null, {}, 0]);
    expect(costOf(priced('x', '', 0))).toEqual([0, { m: 0 }, 0]);
  });

  test('of wrappers and agents counts only for calls that report nothing', () => {
    expect(costOf(priced('w', '', 0.3), llm('x', 'w', null))).toEqual([3e8, { m: 3e8 }, 0]);
    const agent = span('a', '', { kind: 'agent', cost: 0.5, cost_source: 'reported', request_model: 'm' });
    expect(costOf(agent, llm('x', 'a', null), llm('y', 'a', null))).toEqual([5e8, { m: 5e8 }, 0]);
    expect(costOf(agent)).toEqual([5e8, { m: 5e8 }, 0]);
    expect(costOf(span('a', '', { kind: 'agent', input_tokens: 5 }))).toEqual([null, {}, 1]);
  });

  test('that one of two reports of a call states is believed before one from the list', () => {
    const one = priced('x', '', 0.1, { response_id: 'r' });
    const other = priced('y', '', 0.2, { response_id: 'r', cost_source: 'reported' });
    expect(costOf(one, other)).toEqual([2e8, { m: 2e8 }, 0]);
    expect(costOf(one, priced('y', '', null, { response_id: 'r' }))).toEqual([1e8, { m: 1e8 }, 0]);
  });
});

test('two reports of one response are one call, and the one with usage is kept', () => {
  const same = { response_id: 'r1' };
  expect(usageOf(llm('x', '', null, same), llm('y', '', 7, same), llm('z', '', 7, same))).toEqual([1, 7]);
  expect(usageOf(llm('x', '', 3), llm('y', '', 4))).toEqual([2, 7]);
});

test('calls one after the other are separate calls, also with a repeated response id', () => {
  const call = (id: string, start: number, duration: number, tokens: number): SummarySpan =>
    llm(id, '', tokens, { response_id: 'r1', start: String(start), duration: String(duration) });
  expect(usageOf(call('x', 1_000, 100, 3), call('y', 1_100, 100, 4))).toEqual([2, 7]);
  // A start that was rounded down to the end of the call before.
  expect(usageOf(call('x', 1_000, 100, 3), call('y', 1_090, 100, 4))).toEqual([2, 7]);
  // Each of two calls told by two instrumentations, the inner one within the outer one's time.
  const told = [call('x', 1_000, 100, 3), call('x2', 1_005, 80, 3), call('y', 2_000, 50, 4)];
  expect(usageOf(...told, call('y2', 2_001, 60, 4))).toEqual([2, 7]);
  // No time at all is within the other's time, or not.
  expect(usageOf(call('x', 1_000, 100, 3), call('y', 1_050, 0, 3))).toEqual([1, 3]);
  expect(usageOf(call('x', 1_000, 100, 3), call('y', 1_101, 0, 3))).toEqual([2, 6]);
});

test('totals of agents count when no call reports usage, the nearest to the calls', () => {
  const spans = [
    span('a', '', { input_tokens: 100 }),
    span('b', 'a', { input_tokens: 60 }),
    llm('x', 'b', null),
    span('c', 'a', { input_tokens: 40 }),
    llm('y', 'c', null),
  ];
  expect(usageOf(...spans)).toEqual([2, 100]);
  expect(usageOf(...spans, llm('z', 'c', 5))).toEqual([3, 5]);
  expect(usageOf(llm('x', '', null))).toEqual([1, null]);
});

test('embeddings cost tokens but are no model calls', () => {
  expect(usageOf(span('e', '', { kind: 'embedding', input_tokens: 8 }), llm('x', '', 2))).toEqual([1, 10]);
});

test('outcomes are ordered by trust, newest first within a source', () => {
  const ordered = byTrust([
    outcome('judge', 9),
    outcome('feedback', 1),
    outcome('feedback', 2),
    outcome('exception', 3),
    outcome('human', 0),
    outcome('check', 1),
  ]);
  expect(ordered.map(({ source, time_ns }) => [source, time_ns].join(' '))).toEqual([
    'human 0',
    'check 1',
    'feedback 2',
    'feedback 1',
    'exception 3',
    'judge 9',
  ]);
});

test.each([
  [{ score: null, passed: true }, true],
  [{ score: 0.9, passed: false }, false],
  [{ score: 0.5, passed: null }, true],
  [{ score: 0.49, passed: null }, false],
  [{ score: null, passed: null }, null],
])('pass or fail of %j is %s', (of, passed) => {
  expect(passedOf(of)).toBe(passed);
});

test('the row of a run takes identity from its root and sums from all spans', () => {
  const root = span('a', '', {
    kind: 'agent',
    name: 'answer',
    agent: 'helper',
    status: 'Error',
    error_type: 'timeout',
    start: '900',
    duration: '5000',
    tags: ['x'],
    knowledge_arm: 'served',
    knowledge_items: ['r2@1'],
    knowledge_snapshot: '7',
    received: '50',
  });
  const call = llm('b', 'a', 3, {
    status: 'Error',
    response_model: 'm-1',
    request_model: 'm',
    session_id: 's',
    tags: ['y', 'x'],
    knowledge_items: ['r1@3'],
    knowledge_snapshot: '9',
    agent: 'other',
  });
  const row = summariseRun(
    'p',
    [root, call, span('t', 'a', { kind: 'tool' })],
    [outcome('check', 1, { received: '60', comment: 'c'.repeat(600) })],
    5n,
    1_000,
  );
  expect(row).toMatchObject({
    project: 'p',
    run_id: 'run',
    revision: 5n,
    root_span_id: 'a',
    name: 'answer',
    agent: 'helper',
    state: 'closed',
    status: 'Error',
    error_type: 'timeout',
    start_time: 900n,
    duration_ns: 5000n,
    spans: 3,
    errors: 2,
    model_calls: 1,
    tool_calls: 1,
    models: ['m-1'],
    input_tokens: 3,
    model_tokens: new Map([['m-1', 6]]),
    cost: null,
    model_costs: new Map(),
    unpriced_calls: 1,
    session_id: 's',
    tags: ['x', 'y'],
    knowledge_snapshot: 9n,
    knowledge_arm: 'served',
    knowledge_items: ['r1@3', 'r2@1'],
    outcome_source: 'check',
    outcome_passed: true,
    outcome_comment: 'c'.repeat(500),
    seen_at: 60,
    updated_at: 1_000,
  });
});

test('a run without a root is open, later abandoned; its length is that of its spans', () => {
  const spans: [SummarySpan, SummarySpan] = [
    span('b', 'a', { start: '1000000000', duration: '500000000', status: 'Error' }),
    span('c', 'a', { start: '2000000000', duration: '1000000000' }),
  ];
  expect(summariseRun('p', spans, [], 1n, 5 + ABANDONED_AFTER_MS)).toMatchObject({
    state: 'open',
    status: 'Error',
    root_span_id: '',
    duration_ns: 2_000_000_000n,
    outcome_source: '',
    outcome_passed: null,
  });
  expect(summariseRun('p', spans, [], 1n, 6 + ABANDONED_AFTER_MS)).toMatchObject({ state: 'abandoned' });
});

test('a run whose beginning a log record tells lasts until its last span, and is open until nothing comes any more', () => {
  const root = span('a', '', { kind: 'agent', dialect: 'agent_log', start: '1000', duration: '0' });
  const spans: [SummarySpan, SummarySpan] = [root, llm('b', 'a', 3, { start: '2000', duration: '500' })];
  expect(summariseRun('p', spans, [], 1n, 5 + ABANDONED_AFTER_MS)).toMatchObject({
    state: 'open',
    root_span_id: 'a',
    duration_ns: 1_500n,
  });
  expect(summariseRun('p', spans, [], 1n, 6 + ABANDONED_AFTER_MS)).toMatchObject({ state: 'closed' });
});
