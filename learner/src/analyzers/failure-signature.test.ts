import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterFailures } from './failure-clusters.ts';
import { errorTemplate, failureSignature } from './failure-signature.ts';
import { tracedRun } from './traced-run.testing.ts';

const failing = (statusMessage: string, part: { tool?: string } = {}): Parameters<typeof tracedRun>[1] => ({
  spans: [{}, { kind: 'tool', name: 'run_sql', status: 'Error', statusMessage, ...part }],
});

describe('the signature of a failure', () => {
  it.each([
    ['no such column: "amount_eur" at 17', 'no such column: "price" at 230'],
    ["file '/var/data/a.csv' not found", "file '/tmp/x/y.csv' not found"],
    ['timeout after 30s on 2026-01-02T03:04:05Z', 'timeout after 5s on 2025-12-31'],
    ['row 9f8e7d6c5b4a39281706 is locked', 'row 0123456789abcdef is locked'],
  ])('is blind to what differs from run to run: %s', (a, b) => {
    expect(errorTemplate(a)).toBe(errorTemplate(b));
    expect(failureSignature(tracedRun('r1', failing(a)))).toBe(failureSignature(tracedRun('r2', failing(b))));
  });

  it.each([
    ['another error', tracedRun('r', failing('disk full'))],
    ['another tool', tracedRun('r', failing('no such column: "x"', { tool: 'other' }))],
    ['another agent', tracedRun('r', { ...failing('no such column: "x"'), summary: { agent: 'b' } })],
    [
      'another signal',
      tracedRun('r', { ...failing('no such column: "x"'), outcomes: [{ source: 'judge' }] }),
    ],
    ['no error at all', tracedRun('r')],
    ['an empty output', tracedRun('r', { spans: [{ output: '' }] })],
    ['a refusal', tracedRun('r', { spans: [{ output: "I'm sorry, I cannot answer that." }] })],
    ['a missing part', tracedRun('r', { outcomes: [{ comment: 'missing rows' }] })],
  ])('tells %s apart', (_name, run) => {
    expect(failureSignature(run)).not.toBe(failureSignature(tracedRun('r', failing('no such column: "x"'))));
  });

  it('does not depend on the order of the runs', () => {
    const runs = ['disk full', 'disk full', 'no such column: "x"', 'x'].map((message, index) =>
      tracedRun(`r${index}`, failing(message)),
    );
    const shape = clusterFailures(runs).map(({ signature, runs: { length } }) => [signature, length]);
    fc.assert(
      fc.property(fc.shuffledSubarray(runs, { minLength: runs.length }), (shuffled) => {
        expect(clusterFailures(shuffled).map((cluster) => [cluster.signature, cluster.runs.length])).toEqual(
          shape,
        );
      }),
    );
  });

  it('puts a fault of several users before a larger one of a single user', () => {
    const many = [1, 2, 3, 4].map((n) => tracedRun(`m${n}`, failing('disk full')));
    const shared = ['ann', 'bob', 'eve'].map((userId) =>
      tracedRun(userId, { ...failing('locked'), summary: { userId } }),
    );
    expect(clusterFailures([...many, ...shared]).map(({ runs }) => runs.length)).toEqual([3, 4]);
  });
});
