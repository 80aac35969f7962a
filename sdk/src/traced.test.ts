import { afterAll, beforeEach, describe, expect, it } from 'vitest';

import { ATTR } from './contract/attributes.ts';
import { captureSpans } from './testing/capture-spans.ts';
import { traced } from './traced.ts';

const capture = captureSpans();
beforeEach(() => capture.clear());
afterAll(() => capture.stop());

describe('traced', () => {
  it('wraps a method under its name, with its this', () => {
    const method = function add(this: { base: number }, n: number): number {
      return this.base + n;
    };
    const wrapped = traced({ kind: 'tool' })(method, { kind: 'method', name: 'sum' });
    expect(wrapped.call({ base: 2 }, 3)).toBe(5);
    expect(capture.span('sum').attributes[ATTR.toolName]).toBe('sum');
  });

  it('wraps a function in a field and leaves other values alone', () => {
    const initialise = traced()(undefined, { kind: 'field', name: 'ask' });
    expect(initialise((n: number) => n + 1)(1)).toBe(2);
    expect(initialise(7)).toBe(7);
    expect(capture.spans.map((span) => span.name)).toEqual(['ask']);
  });

  it('works as a legacy decorator', () => {
    const descriptor: PropertyDescriptor = { value: () => 'old', configurable: true };
    traced({ name: 'legacy' })({}, 'method', descriptor);
    expect(Reflect.apply(descriptor.value, undefined, [])).toBe('old');
    expect(capture.span('legacy').status).toBe('unset');
  });

  it('refuses other places', () => {
    expect(() => traced()(() => {}, { kind: 'class', name: 'C' })).toThrow(/got a class/u);
  });
});
