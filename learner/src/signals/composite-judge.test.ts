import { describe, expect, it } from 'vitest';
import { tracedRun } from '../analyzers/traced-run.testing.ts';
import { NO_USAGE } from '../llm/chat-model.ts';
import { CALIBRATION_INTERVAL, createCompositeJudge, FLAGGED_RUNS_MAX } from './composite-judge.ts';
import { createDeterministicJudge } from './deterministic-checks.ts';
import type { JudgeResult, RunJudge } from './run-judge.ts';

const giving = (score: number): RunJudge => ({
  name: 'fixed',
  judge: () =>
    Promise.resolve({
      kind: 'judged',
      verdict: { source: 'judge', passed: score >= 0.8, score, comment: 'so it is' },
      usage: NO_USAGE,
    }),
});
const silent: RunJudge = {
  name: 'silent',
  judge: () => Promise.resolve({ kind: 'abstained', reason: 'unknown', usage: NO_USAGE }),
};

const fine = tracedRun('fine');
const empty = tracedRun('empty', { spans: [{ output: ' ' }] });
const brokenJson = tracedRun('json', { spans: [{ output: 'Here:\n```json\n{"a":\n```' }] });
const recovered = tracedRun('recovered', {
  spans: [{}, { name: 'run_sql', kind: 'tool', status: 'Error', statusMessage: 'locked' }],
});

const verdictOf = (result: JudgeResult): unknown =>
  result.kind === 'judged'
    ? [result.name, result.verdict.source, result.verdict.passed, result.verdict.score]
    : result.kind;

describe('the composite judge', () => {
  it.each([
    ['a hard finding decides without the judge', empty, 1, ['deterministic', 'check', false, 0], []],
    ['JSON in a code block is checked', brokenJson, 1, ['deterministic', 'check', false, 0], []],
    ['nothing found, judge says wrong: the judge', fine, 0.3, [undefined, 'judge', false, 0.3], []],
    ['nothing found, judge says right: the judge', fine, 0.9, [undefined, 'judge', true, 0.9], []],
    ['a soft finding and an unsure judge: the judge', recovered, 0.8, [undefined, 'judge', true, 0.8], []],
    [
      'a soft finding and a sure judge: partial, and a person should look',
      recovered,
      0.81,
      ['composite_disagreement', 'judge', false, 0.5],
      ['recovered'],
    ],
  ])('%s', async (_why, run, score, verdict, flagged) => {
    const composite = createCompositeJudge({ judge: giving(score) });
    expect(verdictOf(await composite.judge(run))).toEqual(verdict);
    expect(composite.takeFlagged()).toEqual(flagged);
    expect(composite.takeFlagged()).toEqual([]);
  });

  it('flags every fiftieth run, and keeps no more than its limit', async () => {
    const composite = createCompositeJudge({ judge: giving(1) });
    for (let run = 1; run <= 2 * CALIBRATION_INTERVAL; run += 1) await composite.judge(tracedRun(`r${run}`));
    expect(composite.takeFlagged()).toEqual(['r50', 'r100']);
    const eager = createCompositeJudge({ judge: giving(1), calibrationInterval: 1 });
    for (let run = 0; run <= FLAGGED_RUNS_MAX; run += 1) await eager.judge(fine);
    expect(eager.takeFlagged()).toHaveLength(FLAGGED_RUNS_MAX);
  });

  it('has no outcome where the judge has none', async () => {
    expect((await createCompositeJudge({ judge: silent }).judge(recovered)).kind).toBe('abstained');
  });

  it('takes a check that throws for one that found nothing', async () => {
    const checks = [
      {
        name: 'broken',
        find: () => {
          throw new Error('no');
        },
      },
    ];
    expect(verdictOf(await createCompositeJudge({ judge: giving(1), checks }).judge(fine))).toEqual([
      undefined,
      'judge',
      true,
      1,
    ]);
  });
});

describe('the deterministic judge', () => {
  it('fails what a check refutes and does not call the rest right', async () => {
    const judge = createDeterministicJudge();
    expect(verdictOf(await judge.judge(empty))).toEqual(['deterministic', 'check', false, 0]);
    expect((await judge.judge(fine)).kind).toBe('abstained');
    expect(await judge.judge(recovered)).toMatchObject({
      kind: 'abstained',
      reason: 'steps failed: run_sql: locked',
    });
  });
});
