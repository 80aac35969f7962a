import { afterAll, beforeEach, describe, expect, it } from 'vitest';

import { ATTR } from './contract/attributes.ts';
import { captureSpans } from './testing/capture-spans.ts';
import { trace } from './trace.ts';

const capture = captureSpans();
beforeEach(() => capture.clear());
afterAll(() => capture.stop());

/** Works like a model client's promise: parsing starts when somebody subscribes, and the body can be read once. */
class LazyPromise extends Promise<string> {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  parsed = 0;
  readonly #source: Promise<string>;

  constructor(source: Promise<string>) {
    super((resolve) => resolve(''));
    this.#source = source;
  }

  raw(): Promise<string> {
    return this.#source;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- the point of the class
  override then<A, B>(
    onFulfilled?: ((value: string) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.parsed += 1;
    return this.#source.then(onFulfilled, onRejected);
  }
}

describe('promises', () => {
  it('end the span when they settle, before the caller goes on', async () => {
    const traced = trace('later', async () => 'done', { kind: 'other' });
    const promise = traced();
    expect(capture.spans).toHaveLength(0);
    expect(await promise).toBe('done');
    expect(capture.span('later').attributes[ATTR.outputValue]).toBe('done');
  });

  it('of another class come back as themselves and are not subscribed to by us', async () => {
    const lazy = new LazyPromise(Promise.resolve('body'));
    const traced = trace('lazy', () => lazy, { kind: 'other' });
    const result = traced();
    expect(result).toBe(lazy);
    expect(await result.raw()).toBe('body');
    expect(lazy.parsed).toBe(0);
    expect(capture.spans).toHaveLength(0);
    expect(await result).toBe('body');
    expect(lazy.parsed).toBe(1);
    expect(capture.span('lazy').attributes[ATTR.outputValue]).toBe('body');
  });

  it('of another class record their rejection and pass it on', async () => {
    const fault = new Error('refused');
    const traced = trace('lazy', () => new LazyPromise(Promise.reject(fault)));
    await expect(traced().then((value) => value)).rejects.toBe(fault);
    expect(capture.span('lazy').status).toBe('error');
  });

  it('pass frozen thenables through untouched', async () => {
    const frozen = Object.freeze({
      // oxlint-disable-next-line unicorn/no-thenable -- the point of the test
      then(resolve: (value: number) => void): void {
        resolve(4);
      },
    });
    const traced = trace('frozen', () => frozen);
    expect(traced()).toBe(frozen);
    expect(await traced()).toBe(4);
    expect(capture.spans).toHaveLength(2);
  });

  it("leave the host's unhandled rejections as they are: reported once when unhandled, never when handled", async () => {
    const seen: unknown[] = [];
    const listener = (error: unknown): void => void seen.push(error);
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', listener);
    const fault = new Error('nobody cares');
    const traced = trace(async (fail: boolean) => {
      if (fail) throw fault;
    });
    const unhandled = new Promise((resolve) => process.once('unhandledRejection', resolve));
    void traced(true);
    await unhandled;
    await traced(true).catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listener);
    for (const other of others) process.on('unhandledRejection', other);
    expect(seen).toEqual([fault]);
  });
});
