import { afterAll, beforeEach, describe, expect, it } from 'vitest';

import { ATTR } from './contract/attributes.ts';
import { currentKnowledge, markKnowledge, observe, type SpanHandle, startSpan } from './instrumentation.ts';
import { captureSpans } from './testing/capture-spans.ts';
import { trace } from './trace.ts';

const capture = captureSpans();
beforeEach(() => capture.clear());
afterAll(() => capture.stop());

const knowledge = { decision: 'd', snapshot: 4, arm: 'served', items: ['r@1'], text: 'use r' } as const;

describe('for adapters', () => {
  it('spans are started by callbacks with ids of their own, far from the code they describe', () => {
    const open = new Map<string, SpanHandle>();
    const started = (
      id: string,
      parentId: string | undefined,
      name: string,
      kind: 'agent' | 'llm' | 'tool',
    ): void => {
      const parent = parentId === undefined ? undefined : open.get(parentId);
      open.set(id, startSpan({ name, kind, input: 'in', ...(parent === undefined ? {} : { parent }) }));
    };
    const ended = (id: string, output: unknown): void => {
      open.get(id)?.setOutput(output);
      open.get(id)?.end();
    };
    started('1', undefined, 'graph', 'agent');
    started('2', '1', 'model', 'llm');
    started('3', '1', 'search', 'tool');
    ended('3', { rows: 2 });
    ended('2', 'text');
    ended('1', 'done');
    ended('1', 'twice');
    const root = capture.span('graph');
    expect(capture.children(root).map((span) => span.name)).toEqual(['model', 'search']);
    expect(new Set(capture.spans.map((span) => span.attributes[ATTR.runId])).size).toBe(1);
    expect(capture.span('search').attributes[ATTR.toolResult]).toBe('{"rows":2}');
    expect(root.attributes[ATTR.outputMessages]).toContain('done');
  });

  it('an adapter that injects text itself says which model calls saw it', () => {
    const run = startSpan({ name: 'run' });
    const other = startSpan({ name: 'other run', parent: null });
    markKnowledge(knowledge, run);
    startSpan({ name: 'saw', kind: 'llm', parent: run }).end();
    startSpan({ name: 'did not', kind: 'llm', parent: other }).end();
    expect(run.run(currentKnowledge)).toEqual(knowledge);
    markKnowledge(null, run);
    startSpan({ name: 'no longer', kind: 'llm', parent: run }).end();
    run.end();
    other.end();
    expect(capture.span('saw').attributes).toMatchObject({
      [ATTR.knowledgeDecision]: 'd',
      [ATTR.knowledgeItems]: ['r@1'],
    });
    expect(capture.span('did not').attributes[ATTR.knowledgeDecision]).toBeUndefined();
    expect(capture.span('no longer').attributes[ATTR.knowledgeDecision]).toBeUndefined();
    expect(capture.span('run').attributes[ATTR.knowledgeItems]).toEqual(['r@1']);
  });

  it('results of patched methods are watched to their end', async () => {
    async function* chunks(): AsyncGenerator<{ text: string }> {
      yield { text: 'a' };
      yield { text: 'b' };
    }
    const span = startSpan({ name: 'call', kind: 'llm' });
    const original = chunks();
    const stream = observe(span, original, { chunk: (item) => JSON.stringify(item).slice(9, 10) });
    expect(stream).toBe(original);
    for await (const chunk of original) trace('seen', () => chunk, { kind: 'other' })();
    expect(capture.span('call').attributes[ATTR.outputMessages]).toContain('"ab"');
  });
});
