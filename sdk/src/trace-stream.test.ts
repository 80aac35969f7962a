import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { afterAll, beforeEach, describe, expect, it } from 'vitest';

import { ATTR } from './contract/attributes.ts';
import { currentRun } from './outcome.ts';
import { captureSpans } from './testing/capture-spans.ts';
import { trace } from './trace.ts';

const capture = captureSpans();
beforeEach(() => capture.clear());
afterAll(() => capture.stop());

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const item of items) seen.push(item);
  return seen;
}

const output = (name: string): unknown => capture.span(name).attributes[ATTR.outputValue];

async function* letters(): AsyncGenerator<string, void, undefined> {
  yield 'a';
  await Promise.resolve();
  yield 'b';
  yield 'c';
}

describe('generators', () => {
  const step = trace('step', () => currentRun()?.id);

  it('run every step in their own span, even when another run consumes them', async () => {
    const traced = trace('source', async function* source() {
      yield step();
      await Promise.resolve();
      yield step();
    });
    const iterator = traced();
    const consumer = trace('consumer', async () => {
      const seen: unknown[] = [];
      for await (const run of iterator) seen.push(run);
      return seen;
    });
    const seen = await consumer();
    const source = capture.span('source');
    expect(seen).toEqual([source.attributes[ATTR.runId], source.attributes[ATTR.runId]]);
    expect(capture.children(source)).toHaveLength(2);
    expect(capture.span('consumer').attributes[ATTR.runId]).not.toBe(source.attributes[ATTR.runId]);
  });

  it('end with their text when they are done, with the time to the first chunk', async () => {
    const traced = trace('letters', letters, { kind: 'other' });
    const iterator = traced();
    expect(Object.getPrototypeOf(iterator)).toBe(letters.prototype);
    const seen: string[] = [];
    for await (const letter of iterator) seen.push(letter);
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(output('letters')).toBe('abc');
    expect(capture.span('letters').attributes[ATTR.timeToFirstChunk]).toEqual(expect.any(Number));
    expect(capture.span('letters').attributes[ATTR.endReason]).toBeUndefined();
  });

  it('record what came before an early break, as abandoned', async () => {
    let cleaned = false;
    const traced = trace(
      'broken',
      async function* source() {
        try {
          yield* letters();
        } finally {
          cleaned = true;
        }
      },
      { kind: 'other' },
    );
    for await (const letter of traced()) if (letter === 'b') break;
    expect(cleaned).toBe(true);
    expect(output('broken')).toBe('ab');
    expect(capture.span('broken').attributes[ATTR.endReason]).toBe('abandoned');
    expect(capture.span('broken').status).toBe('unset');
  });

  it('record partial output and the error when they throw, once', async () => {
    const fault = new Error('midway');
    const traced = trace(
      'failing',
      async function* source() {
        yield 'a';
        throw fault;
      },
      { kind: 'other' },
    );
    const iterator = traced();
    await iterator.next();
    await expect(iterator.next()).rejects.toBe(fault);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(output('failing')).toBe('a');
    expect(capture.span('failing').status).toBe('error');
  });

  it('see an error thrown into them', () => {
    const fault = new Error('in');
    const traced = trace('thrown', function* source() {
      yield 1;
    });
    const iterator = traced();
    iterator.next();
    expect(() => iterator.throw(fault)).toThrow(fault);
    expect(capture.span('thrown').status).toBe('error');
  });

  it('work synchronously, two-way, with values that are no text', () => {
    const traced = trace('sync', function* source(): Generator<number, string, number> {
      const doubled = yield 1;
      yield doubled * 2;
      return 'end';
    });
    const iterator = traced();
    expect(iterator.next()).toEqual({ done: false, value: 1 });
    expect(iterator.next(21)).toEqual({ done: false, value: 42 });
    expect(iterator.next()).toEqual({ done: true, value: 'end' });
    expect(output('sync')).toBe('[1,42]');
  });

  it('select chunks by the extractor', async () => {
    const traced = trace(
      'deltas',
      async function* source() {
        yield { delta: 'x' };
        yield { delta: 'y' };
      },
      {
        kind: 'other',
        chunk: (item) => (typeof item === 'object' && item !== null ? Reflect.get(item, 'delta') : ''),
      },
    );
    await collect(traced());
    expect(output('deltas')).toBe('xy');
  });

  it('keep at most the limit of a long stream and pass all of it', async () => {
    const chunk = 'x'.repeat(65_536);
    const traced = trace(
      'long',
      async function* source() {
        for (let i = 0; i < 40; i += 1) yield chunk;
      },
      { kind: 'other' },
    );
    let length = 0;
    for await (const part of traced()) length += part.length;
    expect(length).toBe(40 * 65_536);
    expect(String(output('long')).length).toBeLessThanOrEqual(1_048_576);
  });

  it('end as abandoned when their consumer drops them', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage: unknown = runInNewContext('gc');
    if (typeof collectGarbage !== 'function') throw new Error('no gc');
    const traced = trace('dropped', letters, { kind: 'other' });
    await (async () => {
      await traced().next();
    })();
    for (let round = 0; round < 2_000 && capture.spans.length === 0; round += 1) {
      Reflect.apply(collectGarbage, undefined, []);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(output('dropped')).toBe('a');
    expect(capture.span('dropped').attributes[ATTR.endReason]).toBe('abandoned');
  });
});

describe('streams', () => {
  const source = (): ReadableStream<string> => ReadableStream.from(['a', 'b', 'c']);

  it.each([
    ['a reader', async (stream: ReadableStream<string>) => collect(stream)],
    ['tee', async (stream: ReadableStream<string>) => collect(stream.tee()[0])],
    [
      'a pipe',
      async (stream: ReadableStream<string>) =>
        collect(stream.pipeThrough(new TransformStream<string, string>())),
    ],
  ])('of the web are recorded through %s', async (_name, read) => {
    const traced = trace('web', source, { kind: 'other' });
    const stream = traced();
    expect(stream).toBeInstanceOf(ReadableStream);
    expect(await read(stream)).toEqual(['a', 'b', 'c']);
    expect(output('web')).toBe('abc');
  });

  it('of bytes work inside a Response and stay byte streams', async () => {
    const bytes = (): ReadableStream<Uint8Array> =>
      new ReadableStream({
        type: 'bytes',
        start(controller) {
          controller.enqueue(new TextEncoder().encode('grüße'));
          controller.close();
        },
      });
    const traced = trace('bytes', async () => bytes(), { kind: 'other' });
    expect(await new Response(await traced()).text()).toBe('grüße');
    expect(output('bytes')).toBe('grüße');
    const reader = (await traced()).getReader({ mode: 'byob' });
    const { value } = await reader.read(new Uint8Array(2));
    expect(value).toEqual(new TextEncoder().encode('gr'));
  });

  it('of the web pass cancellation and errors on', async () => {
    const fault = new Error('cut');
    let cancelled: unknown;
    const cancelling = trace(
      'cancelled',
      () => new ReadableStream<string>({ cancel: (reason) => void (cancelled = reason) }),
    );
    await cancelling().cancel('enough');
    expect(cancelled).toBe('enough');
    expect(capture.span('cancelled').attributes[ATTR.endReason]).toBe('abandoned');
    const failing = trace(
      'cut',
      () => new ReadableStream<string>({ pull: (controller) => controller.error(fault) }),
    );
    await expect(collect(failing())).rejects.toBe(fault);
    expect(capture.span('cut').status).toBe('error');
  });

  it('of the web are not read ahead', async () => {
    let pulled = 0;
    const traced = trace(
      'lazy',
      () =>
        new ReadableStream<number>(
          { pull: (controller) => controller.enqueue((pulled += 1)) },
          { highWaterMark: 0 },
        ),
    );
    const reader = traced().getReader();
    await new Promise((resolve) => setImmediate(resolve));
    expect(pulled).toBe(0);
    expect((await reader.read()).value).toBe(1);
    expect(pulled).toBe(1);
    await reader.cancel();
  });

  it('of Node come back as themselves and are recorded however they are read', async () => {
    const make = (): Readable => Readable.from([Buffer.from('ab'), Buffer.from('c')], { objectMode: false });
    const original = make();
    const traced = trace('node', (stream: Readable) => stream, { kind: 'other', input: () => undefined });
    const result = traced(original);
    expect(result).toBe(original);
    expect(original.listenerCount('data') + original.listenerCount('error')).toBe(0);
    expect(await text(result)).toBe('abc');
    expect(output('node')).toBe('abc');
    capture.clear();
    const fault = new Error('broken pipe');
    const failing = traced(
      new Readable({
        read() {
          this.destroy(fault);
        },
      }),
    );
    await expect(text(failing)).rejects.toBe(fault);
    expect(capture.span('node').status).toBe('error');
  });

  it('of the web with methods of their own stay themselves, iterated or read', async () => {
    class ChunkStream extends ReadableStream<string> {
      first(): Promise<unknown> {
        return this.getReader().read();
      }
    }
    const make = (): ChunkStream =>
      new ChunkStream({
        start(controller) {
          controller.enqueue('a');
          controller.enqueue('b');
          controller.close();
        },
      });
    const traced = trace('chunks', make, { kind: 'other' });
    const iterated = traced();
    expect(iterated).toBeInstanceOf(ChunkStream);
    expect(await collect(iterated)).toEqual(['a', 'b']);
    expect(output('chunks')).toBe('ab');
    capture.clear();
    const reader = traced().getReader();
    await reader.read();
    await reader.cancel();
    expect(output('chunks')).toBe('a');
    expect(capture.span('chunks').attributes[ATTR.endReason]).toBe('abandoned');
  });

  it('that make their iterator on demand are recorded in their first iteration', async () => {
    class Client {
      readonly controller = new AbortController();
      [Symbol.asyncIterator](): AsyncIterator<string> {
        return letters();
      }
    }
    const client = new Client();
    const traced = trace('client', async () => client, { kind: 'other' });
    const result = await traced();
    expect(result).toBe(client);
    expect(capture.spans).toHaveLength(0);
    expect(await collect(result)).toEqual(['a', 'b', 'c']);
    expect(await collect(result)).toEqual(['a', 'b', 'c']);
    expect(output('client')).toBe('abc');
  });
});
