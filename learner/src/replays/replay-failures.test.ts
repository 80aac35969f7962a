import type { SpanView } from '@tracelore/collector/store';
import { ATTR, TRUNCATION_MARK } from '@tracelore/sdk/contract';
import { describe, expect, it } from 'vitest';
import { spanView } from '../analyzers/traced-run.testing.ts';
import type { TrialResult, TrialSpec } from '../trials/trial-runner.ts';
import { simulatedCase, simulatedRule } from '../validators/simulated-world.testing.ts';
import { recordedRun, RECORDED_SPANS_MAX } from './recorded-run.ts';
import { replayFailures, type ReplayOptions } from './replay-failures.ts';

const REPLAYABLE = { [ATTR.toolReplayable]: 'true' };
const root = spanView({ spanId: 'root', kind: 'agent', agent: 'pricer', input: 'What does shop 1 earn?' });
const call = (change: Partial<SpanView> = {}): SpanView =>
  spanView({
    parentSpanId: 'root',
    kind: 'tool',
    tool: 'read',
    input: '{"shop":1}',
    output: '200',
    attributes: REPLAYABLE,
    ...change,
  });

describe('a recorded run', () => {
  it('is its task and its tool calls, errors included', () => {
    const broken = call({ status: 'Error', errorType: 'RangeError', statusMessage: 'none', output: '' });
    expect(recordedRun([root, call(), broken])).toEqual({
      ok: true,
      agent: 'pricer',
      task: 'What does shop 1 earn?',
      calls: [
        { tool: 'read', arguments: '{"shop":1}', result: '200' },
        {
          tool: 'read',
          arguments: '{"shop":1}',
          result: '',
          error: { type: 'RangeError', message: 'none' },
        },
      ],
    });
  });

  it.each<readonly [string, readonly SpanView[]]>([
    ['no longer stored', []],
    ['no recorded input', [{ ...root, input: '' }, call()]],
    ['called no tool', [root]],
    ['tool read does not declare', [root, call(), call({ attributes: {} })]],
    ['not recorded whole', [root, call({ output: `2${TRUNCATION_MARK}` })]],
    ['not recorded whole', [root, call({ input: '{"card":"[redacted card]"}' })]],
    ['500 spans or more', Array.from({ length: RECORDED_SPANS_MAX }, () => root)],
    ['characters, more than', [root, call({ output: 'x'.repeat(1_000_001) })]],
  ])('cannot be replayed: %s', (reason, spans) => {
    expect(recordedRun(spans)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });
});

describe('replays', () => {
  const rules = ['a', 'b'].map((id) => simulatedRule(id));
  const options = (change: Partial<ReplayOptions> = {}): ReplayOptions & { readonly asked: TrialSpec[] } => {
    const asked: TrialSpec[] = [];
    return {
      asked,
      project: 'p',
      reader: { readRun: () => Promise.resolve([root, call()]) },
      candidates: rules,
      incumbents: [],
      replaces: () => undefined,
      taughtBy: new Map(rules.map(({ id }) => [id, ['r1', 'r2', 'r3', 'r4']])),
      cases: [simulatedCase('known', { task: 'What does shop 1 earn?', expected: '2.00' })],
      canJudge: false,
      hasRunner: () => true,
      runner: () => ({
        run: (specs) => {
          asked.push(...specs);
          return Promise.resolve(
            specs.map((): TrialResult => ({
              kind: 'scored',
              trialId: 't',
              score: 0,
              output: '',
              error: '',
              durationMs: 1,
              replay: { answered: 1, divergences: [], traceId: 'x' },
            })),
          );
        },
      }),
      render: (task, told) => [task, ...told.map(({ id }) => id)].join(),
      prepare: () => Promise.resolve(),
      runsBudget: 1_000,
      group: 'g',
      signal: new AbortController().signal,
      ...change,
    };
  };

  it('are three per candidate at most, and a tenth of the trials, each candidate first', async () => {
    const all = options();
    expect(await replayFailures(all)).toHaveLength(6);
    expect(all.asked[0]).toMatchObject({ purpose: 'replay', rules: ['a@1'], group: 'g' });
    expect(all.asked[0]?.recording).toHaveLength(1);
    const few = await replayFailures(options({ runsBudget: 25 }));
    expect(few.map(({ ruleId, runId }) => [ruleId, runId])).toEqual([
      ['a', 'r1'],
      ['b', 'r1'],
    ]);
  });

  it.each<readonly [string, Partial<ReplayOptions>]>([
    ['no runner of agent pricer', { hasRunner: () => false }],
    ['neither an eval case', { cases: [] }],
    ['would not be given', { render: (task) => task }],
    [
      'tool read does not declare',
      { reader: { readRun: () => Promise.resolve([root, call({ attributes: {} })]) } },
    ],
  ])('cost nothing where they cannot be run: %s', async (reason, change) => {
    const blocked = options(change);
    const replays = await replayFailures(blocked);
    expect(new Set(replays.map(({ result }) => result))).toEqual(new Set(['not_replayable']));
    expect(replays[0]?.reason).toContain(reason);
    expect(blocked.asked).toEqual([]);
  });

  it('that the runner cannot run let every candidate pass', async () => {
    const gone = options({ runner: () => ({ run: () => Promise.reject(new Error('gone')) }) });
    expect((await replayFailures(gone))[0]).toMatchObject({ result: 'not_replayable', reason: 'gone' });
  });
});
