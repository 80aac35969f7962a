import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { createOpenAiEmbedder, type OpenAiEmbedderOptions } from './openai-embedder.ts';
import type { Embedder } from './embedder.ts';

interface Asked {
  readonly input: readonly string[];
  readonly model: string;
  readonly dimensions?: number;
}

type Script = (asked: Asked, call: number) => readonly (readonly number[])[] | number | 'hang';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** In reverse: the index counts, not the place. */
function list(vectors: readonly (readonly number[])[]): unknown {
  const data = vectors.map((embedding, index) => ({ object: 'embedding', index, embedding }));
  return {
    object: 'list',
    model: 'small',
    data: data.toReversed(),
    usage: { prompt_tokens: 1, total_tokens: 1 },
  };
}

/** A real embeddings server on a free port that answers by the script: vectors, a status, or silence. */
async function serve(script: Script): Promise<{ baseUrl: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const question = (await json(request)) as Asked;
    asked.push(question);
    const scripted = script(question, asked.length);
    if (scripted === 'hang') return;
    const status = typeof scripted === 'number' ? scripted : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(typeof scripted === 'number' ? { error: { message: 'scripted' } } : list(scripted)),
    );
  };
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked };
}

function embedder(baseUrl: string, given: Partial<OpenAiEmbedderOptions> = {}): Embedder {
  return createOpenAiEmbedder({ model: 'small', dimensions: 2, apiKey: 'key', baseUrl, restMs: 0, ...given });
}

const lengths: Script = ({ input }) => input.map((text) => [text.length, 0.5 * text.length]);

describe('OpenAI embedder', () => {
  it('knows nothing before, and unit vectors after it was prepared', async () => {
    const { baseUrl } = await serve(({ input }) => input.map((text) => (text === 'x' ? [3, 4] : [0, 2])));
    const tested = embedder(baseUrl);
    expect(tested.vectorOf('x')).toBeNull();
    const before = tested.generation;
    await tested.prepare(['x', 'y']);
    expect(tested.generation).toBeGreaterThan(before);
    expect(tested.vectorOf('x')).toEqual(Float32Array.from([0.6, 0.8]));
    expect(tested.vectorOf('y')).toEqual(Float32Array.from([0, 1]));
  });

  it('asks once for each text, in batches, also when several wait for it', async () => {
    const { baseUrl, asked } = await serve(lengths);
    const tested = embedder(baseUrl);
    const texts = Array.from({ length: 300 }, (_, at) => `text ${at}`);
    await Promise.all([tested.prepare(texts), tested.prepare(texts.slice(100)), tested.prepare(['', '  '])]);
    await tested.prepare(texts);
    expect(asked.map(({ input }) => input.length)).toEqual([128, 128, 44]);
    expect(texts.every((text) => tested.vectorOf(text) !== null)).toBe(true);
  });

  it('asks OpenAI models for the dimensions, others not', async () => {
    const { baseUrl, asked } = await serve(lengths);
    await embedder(baseUrl, { model: 'text-embedding-3-small' }).prepare(['a']);
    await embedder(baseUrl).prepare(['a']);
    expect(asked.map(({ dimensions }) => dimensions)).toEqual([2, undefined]);
  });

  it.each([
    ['refuses', 401],
    ['answers vectors of another length', [[1, 2, 3]]],
    ['answers fewer vectors than texts', []],
  ])('goes on without vectors when the server %s, and asks again later', async (_, bad) => {
    const { baseUrl, asked } = await serve((question, call) => (call === 1 ? bad : lengths(question, call)));
    const errors: unknown[] = [];
    const tested = embedder(baseUrl, { onError: (error) => errors.push(error) });
    await tested.prepare(['a']);
    expect(tested.vectorOf('a')).toBeNull();
    expect(errors).toHaveLength(1);
    await tested.prepare(['a']);
    expect(tested.vectorOf('a')).not.toBeNull();
    expect(asked).toHaveLength(2);
  });

  it('rests after a failure: nobody waits for a server that is down', async () => {
    const { baseUrl, asked } = await serve(() => 401);
    const tested = embedder(baseUrl, { restMs: 3_600_000 });
    await tested.prepare(['a']);
    await tested.prepare(['b']);
    expect(asked).toHaveLength(1);
  });

  it('stops waiting at the signal', async () => {
    const { baseUrl } = await serve(() => 'hang');
    const tested = embedder(baseUrl);
    const deadline = new AbortController();
    const waiting = tested.prepare(['a'], deadline.signal);
    deadline.abort();
    await waiting;
    expect(tested.vectorOf('a')).toBeNull();
  });
});
