import { AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeEach, describe, expect, it } from 'vitest';

import { ATTR } from './contract/attributes.ts';
import { currentRun } from './outcome.ts';
import { startSpan } from './span.ts';
import { captureSpans } from './testing/capture-spans.ts';
import type { ReceivedSpan } from './testing/received-span.ts';
import { trace } from './trace.ts';
import { withContext } from './with-context.ts';

// No context manager is registered: everything here rests on our own storage.
const capture = captureSpans();
beforeEach(() => capture.clear());
afterAll(() => capture.stop());

function parentOf(span: ReceivedSpan): string | undefined {
  return capture.spans.find((other) => other.spanId === span.parentSpanId)?.name;
}

describe('context', () => {
  it('keeps a hundred interleaved runs apart', async () => {
    const leaf = trace('leaf', async (n: number) => {
      await delay(n % 3);
      return n;
    });
    const branch = trace('branch', async (n: number) => {
      const [first] = await Promise.all([leaf(n), leaf(n + 1)]);
      return first;
    });
    const agent = trace('agent', (n: number) => withContext({ session: `s${n}` }, () => branch(n)));
    await Promise.all(Array.from({ length: 100 }, (_, n) => agent(n)));
    const roots = capture.spans.filter((span) => span.name === 'agent');
    expect(new Set(roots.map((root) => root.attributes[ATTR.runId])).size).toBe(100);
    for (const root of roots) {
      const [middle] = capture.children(root);
      const leaves = middle === undefined ? [] : capture.children(middle);
      expect(leaves).toHaveLength(2);
      const session = `s${String(root.attributes[ATTR.inputValue])}`;
      for (const span of [middle, ...leaves]) {
        expect(span?.attributes).toMatchObject({
          [ATTR.runId]: root.attributes[ATTR.runId],
          [ATTR.sessionId]: session,
        });
      }
    }
  });

  it('follows timers, microtasks, immediates and bound callbacks', async () => {
    const leaf = trace('leaf', () => currentRun()?.id);
    const agent = trace('agent', async () => {
      const seen: unknown[] = [currentRun()?.id];
      await new Promise<void>((resolve) => setTimeout(() => resolve(void seen.push(leaf())), 1));
      await new Promise<void>((resolve) => setImmediate(() => resolve(void seen.push(leaf()))));
      await new Promise<void>((resolve) => queueMicrotask(() => resolve(void seen.push(leaf()))));
      const emitter = new EventEmitter();
      emitter.on(
        'event',
        AsyncResource.bind(() => seen.push(leaf())),
      );
      await new Promise<void>((resolve) => {
        elsewhere(() => resolve(void emitter.emit('event')));
      });
      return seen;
    });
    const seen = await agent();
    expect(new Set(seen).size).toBe(1);
    expect(capture.spans.filter((span) => span.name === 'leaf').map(parentOf)).toEqual(
      Array.from({ length: 4 }, () => 'agent'),
    );
  });

  it('is gone after the call, for whoever comes later', async () => {
    await trace('agent', async () => {})();
    expect(currentRun()).toBeUndefined();
  });

  it('lets an adapter choose parents by hand, in any async context', () => {
    const root = startSpan({ name: 'root', parent: null });
    const tool = startSpan({ name: 'tool', kind: 'tool', parent: root });
    const inner = trace('inner', () => currentRun()?.id);
    expect(tool.run(inner)).toBe(root.runId);
    tool.end();
    root.end();
    root.end();
    expect(parentOf(capture.span('inner'))).toBe('tool');
    expect(parentOf(capture.span('tool'))).toBe('root');
    expect(capture.span('root').attributes[ATTR.operation]).toBe('invoke_agent');
  });

  it('starts a run of its own where asked', () => {
    const outer = trace('outer', () => {
      const span = startSpan({ name: 'own', parent: null });
      span.end();
      return [currentRun()?.id, span.runId];
    });
    const [outerRun, ownRun] = outer();
    expect(ownRun).not.toBe(outerRun);
    expect(capture.span('own').attributes[ATTR.runId]).toBe(ownRun);
  });
});

/** Calls back outside of any context. */
const queue: (() => void)[] = [];
const worker = setInterval(() => queue.splice(0).forEach((job) => job()), 1);
afterAll(() => clearInterval(worker));
function elsewhere(job: () => void): void {
  queue.push(job);
}
