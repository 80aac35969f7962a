import { afterAll, beforeEach, describe, expect, it } from 'vitest';

import { ATTR, EVENT_EVALUATION } from './contract/attributes.ts';
import { stats } from './diagnostics.ts';
import { currentRun, recordOutcome } from './outcome.ts';
import { captureSpans } from './testing/capture-spans.ts';
import { trace } from './trace.ts';

const capture = captureSpans();
beforeEach(() => capture.clear());
afterAll(() => capture.stop());

describe('recordOutcome', () => {
  it('is an event on the root while the run is open, wherever in the run it is called', () => {
    const inner = trace('inner', () =>
      recordOutcome({ score: 0.2, comment: 'wrong rows', source: 'check', name: 'rows', id: 'o1' }),
    );
    expect(trace('agent', inner)()).toBe('o1');
    expect(capture.span('inner').events).toEqual([]);
    expect(capture.span('agent').events).toEqual([
      {
        name: EVENT_EVALUATION,
        attributes: {
          [ATTR.outcomeId]: 'o1',
          [ATTR.outcomeSource]: 'check',
          [ATTR.evaluationName]: 'rows',
          [ATTR.evaluationLabel]: 'fail',
          [ATTR.evaluationScore]: 0.2,
          [ATTR.evaluationExplanation]: 'wrong rows',
        },
      },
    ]);
  });

  it('is a linked span of no length afterwards, and for a run named by its id', () => {
    const run = trace('agent', () => currentRun())();
    if (run === undefined) throw new Error('no run');
    capture.clear();
    recordOutcome({ passed: true }, { run });
    recordOutcome({ passed: false, name: 'late' }, { run: run.id });
    const span = capture.span('evaluate outcome');
    expect(span.attributes).toMatchObject({
      [ATTR.operation]: 'evaluate',
      [ATTR.runId]: run.id,
      [ATTR.outcomePassed]: true,
      [ATTR.outcomeSource]: 'feedback',
    });
    expect(span.links).toEqual([{ traceId: run.traceId, spanId: run.spanId }]);
    expect(span.startUnixNano).toBe(span.endUnixNano);
    expect(capture.span('evaluate late').attributes[ATTR.runId]).toBe(run.id);
  });

  it('made in the tail of a run whose root has ended is a linked span too', async () => {
    let tail: Promise<string | undefined> = Promise.resolve(undefined);
    trace('agent', () => {
      tail = Promise.resolve().then(() => recordOutcome({ passed: true, name: 'tail' }));
    })();
    expect(await tail).toBeDefined();
    expect(capture.span('evaluate tail').links).toMatchObject([{ spanId: capture.span('agent').spanId }]);
  });

  it('refuses what is no judgement without throwing, and says so in the counters', () => {
    const before = stats().faults['outcome_invalid'] ?? 0;
    expect(trace('agent', () => recordOutcome({ score: 7 }))()).toBeUndefined();
    expect(trace('agent', () => recordOutcome({}))()).toBeUndefined();
    expect(recordOutcome({ passed: true })).toBeUndefined();
    expect(stats().faults['outcome_invalid']).toBe(before + 2);
    expect(stats().faults['outcome_without_run']).toBe(1);
  });

  it('loses none when a run has very many', () => {
    trace('agent', () => {
      for (let n = 0; n < 100; n += 1) recordOutcome({ score: 1, id: `o${n}` });
    })();
    const onRoot = capture.span('agent').events.length;
    const apart = capture.spans.filter((span) => span.name === 'evaluate outcome').length;
    expect(onRoot + apart).toBe(100);
    expect(apart).toBeGreaterThan(0);
  });
});
