import { afterAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';

import { ATTR } from './contract/attributes.ts';
import { captureSpans } from './testing/capture-spans.ts';
import { trace } from './trace.ts';
import { withContext } from './with-context.ts';

const capture = captureSpans();
beforeEach(() => capture.clear());
afterAll(() => capture.stop());

describe('trace', () => {
  it('leaves the function what it is', () => {
    class Counter {
      #count = 0;
      static increment(this: Counter, by: number, _unused: string): number {
        this.#count += by;
        return this.#count;
      }
    }
    // oxlint-disable-next-line typescript/unbound-method -- `this` is the point
    const traced = trace(Counter.increment);
    const counter = new Counter();
    expect(traced.call(counter, 2, '')).toBe(2);
    expect(traced.call(counter, 3, '')).toBe(5);
    expect(traced).toHaveLength(2);
    expect(traced.name).toBe('increment');
    expect(capture.spans).toHaveLength(2);
  });

  it('keeps overloads and generics in the type', () => {
    function pick(value: string): string;
    function pick(value: number): number;
    function pick(value: string | number): string | number {
      return value;
    }
    const identity = <T>(value: T): T => value;
    const traced = trace(pick);
    expectTypeOf(traced).toEqualTypeOf<typeof pick>();
    const kept: typeof identity = trace(identity);
    expect(kept('generic').length).toBe(7);
    expect(traced('a')).toBe('a');
    expect(traced(1)).toBe(1);
  });

  it('keeps own properties, prototype and construction of the function', () => {
    function Make(this: { made: boolean }): void {
      this.made = true;
    }
    const traced = trace(Object.assign(Make, { version: 3 }));
    expect(traced.version).toBe(3);
    expect(Reflect.construct(traced, [])).toMatchObject({ made: true });
  });

  it('keeps sync sync and passes the same result object', () => {
    const result = { a: 1 };
    const traced = trace('sync', () => result);
    expect(traced()).toBe(result);
    expect(capture.span('sync').attributes[ATTR.outputValue]).toBe('{"a":1}');
  });

  it('records plain text of an agent as messages, other values as JSON, tools as call and result', async () => {
    const tool = trace('lookup', (query: { id: number }) => [query.id], { kind: 'tool' });
    const agent = trace('ask', async (question: string) => `${question} ${tool({ id: 7 }).length}`);
    await agent('why?');
    expect(capture.span('ask').attributes).toMatchObject({
      [ATTR.operation]: 'invoke_agent',
      [ATTR.agentName]: 'ask',
      [ATTR.inputMessages]: '[{"role":"user","parts":[{"type":"text","content":"why?"}]}]',
      [ATTR.outputMessages]: '[{"role":"assistant","parts":[{"type":"text","content":"why? 1"}]}]',
    });
    expect(capture.span('lookup').attributes).toMatchObject({
      [ATTR.operation]: 'execute_tool',
      [ATTR.toolName]: 'lookup',
      [ATTR.toolArguments]: '{"id":7}',
      [ATTR.toolResult]: '[7]',
    });
  });

  it('starts a run at the root and puts its id on every span below', async () => {
    const inner = trace('inner', async () => 1);
    const outer = trace('outer', () => inner());
    await outer();
    await outer();
    const roots = capture.spans.filter((span) => span.name === 'outer');
    const runs = roots.map((span) => span.attributes[ATTR.runId]);
    expect(new Set(runs).size).toBe(2);
    for (const root of roots) {
      expect(root.attributes[ATTR.runId]).toMatch(/^[0-9a-f]{32}$/u);
      expect(capture.children(root).map((span) => span.attributes[ATTR.runId])).toEqual([
        root.attributes[ATTR.runId],
      ]);
    }
  });

  it('rethrows the very error and records it, sync and async', async () => {
    const fault = new RangeError('out');
    const sync = trace('sync', () => {
      throw fault;
    });
    const rejecting = trace('async', async () => {
      throw fault;
    });
    expect(sync).toThrow(fault);
    await expect(rejecting()).rejects.toBe(fault);
    for (const name of ['sync', 'async']) {
      const span = capture.span(name);
      expect(span).toMatchObject({ status: 'error', statusMessage: 'out' });
      expect(span.attributes[ATTR.errorType]).toBe('RangeError');
      expect(span.events).toMatchObject([
        { name: 'exception', attributes: { 'exception.type': 'RangeError' } },
      ]);
    }
  });

  it('contains extractors that throw', () => {
    const broken = (): never => {
      throw new Error('extractor');
    };
    const traced = trace('guarded', (n: number) => n + 1, { input: broken, output: broken, session: broken });
    expect(traced(1)).toBe(2);
    expect(capture.span('guarded').status).toBe('unset');
  });

  it('records what extractors choose, and identity', () => {
    const traced = trace('chosen', (a: { id: string; secret: string }) => ({ id: a.id, n: 1 }), {
      input: (a) => a.id,
      output: (result) => result.n,
      kind: 'other',
      session: (a) => `s-${a.id}`,
      user: 'u',
      tags: ['t1'],
      attributes: { custom: 4 },
    });
    withContext({ conversation: 'c' }, () => traced({ id: 'x', secret: 'y' }));
    expect(capture.span('chosen').attributes).toMatchObject({
      [ATTR.inputValue]: 'x',
      [ATTR.outputValue]: '1',
      [ATTR.sessionId]: 's-x',
      [ATTR.userId]: 'u',
      [ATTR.conversationId]: 'c',
      [ATTR.tags]: ['t1'],
      custom: 4,
    });
  });

  it('records no content with capture off', async () => {
    const quiet = trace(
      'quiet',
      async (secret: string) => {
        throw new TypeError(secret);
      },
      { capture: false },
    );
    await expect(quiet('hush')).rejects.toThrow('hush');
    expect(
      JSON.stringify(capture.spans, (_key, value: unknown) => (typeof value === 'bigint' ? '' : value)),
    ).not.toContain('hush');
    expect(capture.span('quiet').attributes[ATTR.errorType]).toBe('TypeError');
  });

  it('refuses what is no function where it is wrapped', () => {
    expect(() => Reflect.apply(trace, undefined, ['name', undefined])).toThrow(
      /expected a function, got undefined/u,
    );
  });
});
