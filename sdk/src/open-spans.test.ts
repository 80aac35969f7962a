import { afterAll, beforeEach, expect, it, vi } from 'vitest';

import { ATTR } from './contract/attributes.ts';
import { endOpenSpans, OPEN_SPANS_MAX, SPAN_OPEN_MAX_MS } from './open-spans.ts';
import { captureSpans } from './testing/capture-spans.ts';
import { trace } from './trace.ts';

const capture = captureSpans();
beforeEach(() => {
  capture.clear();
  endOpenSpans();
  capture.clear();
});
afterAll(() => capture.stop());

const hang = trace('hang', () => new Promise<void>(() => {}));

it('a span of a promise that never settles is ended after the bound', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  void hang();
  vi.advanceTimersByTime(SPAN_OPEN_MAX_MS + 1);
  trace('next', () => {})();
  expect(capture.span('hang').attributes[ATTR.endReason]).toBe('abandoned');
  vi.useRealTimers();
});

it('open spans are bounded in number', () => {
  const quiet = trace('hang', () => new Promise<void>(() => {}), { capture: false });
  for (let n = 0; n < OPEN_SPANS_MAX + 10; n += 1) void quiet();
  expect(capture.spans).toHaveLength(10);
});

it('spans open at the end of the process are ended, children first, and said to be so', () => {
  void trace('agent', () => hang())();
  endOpenSpans();
  expect(capture.spans.map((span) => [span.name, span.attributes[ATTR.endReason]])).toEqual([
    ['hang', 'shutdown'],
    ['agent', 'shutdown'],
  ]);
});
