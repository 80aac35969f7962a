import { createHash } from 'node:crypto';
import OpenAI from 'openai';
import { boundedFetch } from '../llm/bounded-fetch.ts';
import { normalise, type Embedder, type Vector } from './embedder.ts';

/** Part of a text that is embedded, characters; the rest is ignored. */
const TEXT_CHARACTERS_MAX = 8_000;
/** Texts of one request. */
const BATCH_TEXTS_MAX = 128;
/** Requests under way at a time. */
const REQUESTS_MAX = 2;
/** Texts waiting for a request; more are not embedded this time. */
const WAITING_TEXTS_MAX = 20_000;
/** Vectors kept, least recently used out first. 40 MB at 512 dimensions. */
const VECTORS_MAX = 20_000;
/** Time for one request with its one repeat, ms. */
const TIMEOUT_MS = 10_000;
/** After a failed request nothing is asked for this long, ms: callers go on with words alone at once. */
const REST_MS = 5_000;

export interface OpenAiEmbedderOptions {
  /** For example `text-embedding-3-small`. */
  readonly model: string;
  /** Length of the vectors that the model returns. Models named `text-embedding-3…` are asked for this length. */
  readonly dimensions: number;
  /** Servers without keys take any text. */
  readonly apiKey: string;
  /** Default: OpenAI's own. */
  readonly baseUrl?: string;
  readonly timeoutMs?: number;
  readonly restMs?: number;
  /** Thresholds calibrated for this model and project. Default: no gate and no floor, since no other model's carry over. */
  readonly gateCosine?: number;
  readonly itemCosineMin?: number;
  /** Told about each failed request; must not throw. Default: nobody. */
  readonly onError?: (error: unknown) => void;
}

/** Vectors from OpenAI or any server with the same protocol, kept in memory by hash of the text. */
export function createOpenAiEmbedder(options: OpenAiEmbedderOptions): Embedder {
  return new OpenAiEmbedder(options);
}

interface Wanted {
  readonly key: string;
  readonly text: string;
  readonly settled: PromiseWithResolvers<void>;
}

class OpenAiEmbedder implements Embedder {
  readonly id: string;
  readonly learns = true;
  readonly dimensions: number;
  readonly fusionWeight = 1;
  readonly gateCosine: number;
  readonly itemCosineMin: number;
  readonly #options: OpenAiEmbedderOptions;
  readonly #client: OpenAI;
  readonly #vectors = new Map<string, Vector>();
  readonly #wanted = new Map<string, Wanted>();
  readonly #waiting: Wanted[] = [];
  #generation = 0;
  #requests = 0;
  #restUntilMs = 0;

  constructor(options: OpenAiEmbedderOptions) {
    this.#options = options;
    this.id = `${options.model}-${options.dimensions}`;
    this.dimensions = options.dimensions;
    this.gateCosine = options.gateCosine ?? -1;
    this.itemCosineMin = options.itemCosineMin ?? 0;
    this.#client = new OpenAI({
      apiKey: options.apiKey,
      ...(options.baseUrl === undefined ? {} : { baseURL: options.baseUrl }),
      timeout: options.timeoutMs ?? TIMEOUT_MS,
      maxRetries: 1,
      fetch: boundedFetch(),
    });
  }

  get generation(): number {
    return this.#generation;
  }

  vectorOf(text: string): Vector | null {
    const key = keyOf(text);
    const vector = this.#vectors.get(key);
    if (vector === undefined) return null;
    this.#vectors.delete(key);
    this.#vectors.set(key, vector);
    return vector;
  }

  async prepare(texts: readonly string[], signal?: AbortSignal): Promise<void> {
    const settled: Promise<void>[] = [];
    for (const text of new Set(texts)) {
      const wanted = this.#want(text);
      if (wanted !== undefined) settled.push(wanted.settled.promise);
    }
    this.#ask();
    await untilAborted(Promise.all(settled), signal);
  }

  /** `undefined`: nothing to wait for. */
  #want(text: string): Wanted | undefined {
    if (text.trim() === '') return undefined;
    const key = keyOf(text);
    if (this.#vectors.has(key)) return undefined;
    const known = this.#wanted.get(key);
    if (known !== undefined) return known;
    if (performance.now() < this.#restUntilMs || this.#waiting.length >= WAITING_TEXTS_MAX) return undefined;
    const wanted = { key, text: cut(text), settled: Promise.withResolvers<void>() };
    this.#wanted.set(key, wanted);
    this.#waiting.push(wanted);
    return wanted;
  }

  #ask(): void {
    while (this.#requests < REQUESTS_MAX && this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_TEXTS_MAX);
      this.#requests += 1;
      void this.#embed(batch);
    }
  }

  /** Never rejects; settles every text of the batch, with a vector or without. */
  async #embed(batch: readonly Wanted[]): Promise<void> {
    try {
      const vectors = await this.#request(batch.map(({ text }) => text));
      for (const [index, { key }] of batch.entries()) this.#keep(key, vectors[index]);
      this.#generation += 1;
    } catch (error) {
      this.#restUntilMs = performance.now() + (this.#options.restMs ?? REST_MS);
      this.#options.onError?.(error);
      // What waits behind would fail the same way, and somebody waits for it.
      this.#settle(this.#waiting.splice(0));
    }
    this.#settle(batch);
    this.#requests -= 1;
    this.#ask();
  }

  async #request(input: string[]): Promise<Vector[]> {
    const { model, dimensions } = this.#options;
    const { data } = await this.#client.embeddings.create({
      model,
      input,
      // Many servers know this form only.
      encoding_format: 'float',
      ...(model.startsWith('text-embedding-3') ? { dimensions } : {}),
    });
    const vectors: Vector[] = [];
    for (const { index, embedding } of data) vectors[index] = Float32Array.from(embedding);
    const odd = input.findIndex((_, index) => vectors[index]?.length !== dimensions);
    if (odd === -1) return vectors;
    throw new Error(
      `${model} answered ${vectors[odd]?.length ?? 'no'} components for text ${odd} of ${input.length}, ` +
        `expected ${dimensions}: set the embedder's dimensions to what the model returns`,
    );
  }

  #keep(key: string, vector: Vector | undefined): void {
    if (vector === undefined || !normalise(vector)) return;
    this.#vectors.set(key, vector);
    if (this.#vectors.size <= VECTORS_MAX) return;
    const [oldest] = this.#vectors.keys();
    if (oldest !== undefined) this.#vectors.delete(oldest);
  }

  #settle(batch: readonly Wanted[]): void {
    for (const { key, settled } of batch) {
      this.#wanted.delete(key);
      settled.resolve();
    }
  }
}

function cut(text: string): string {
  return text.slice(0, TEXT_CHARACTERS_MAX);
}

function keyOf(text: string): string {
  return createHash('sha256').update(cut(text)).digest('base64');
}

/** Resolves with the work or with the signal, whichever is first. */
async function untilAborted(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await work;
    return;
  }
  if (signal.aborted) return;
  const aborted = Promise.withResolvers<void>();
  const stop = (): void => aborted.resolve();
  signal.addEventListener('abort', stop, { once: true });
  await Promise.race([work, aborted.promise]);
  signal.removeEventListener('abort', stop);
}
