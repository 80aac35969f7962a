import OpenAI, {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
  RateLimitError,
} from 'openai';
import type { ChatCompletion, ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat';
import { z } from 'zod';
import { boundedFetch } from './bounded-fetch.ts';
import {
  addUsage,
  NO_USAGE,
  type ChatFailure,
  type ChatModel,
  type ChatRequest,
  type ChatResult,
  type Usage,
} from './chat-model.ts';
import { jsonInText } from './json-in-text.ts';

export interface OpenAiChatModelOptions {
  readonly model: string;
  /** Servers without keys take any text. */
  readonly apiKey: string;
  /** Default: OpenAI's own. */
  readonly baseUrl?: string;
  /** Time for one attempt, ms. Default 120 000. */
  readonly timeoutMs?: number;
  /** Repeats after 408, 409, 429, 5xx and lost connections; `Retry-After` is obeyed. Default 3. */
  readonly retriesMax?: number;
}

const TIMEOUT_MS = 120_000;
const RETRIES_MAX = 3;
/** Reasoning counts towards it: models that think before they answer need far more than the answer is long. */
const OUTPUT_TOKENS_MAX = 16_384;
/** Servers that do not know json_schema tend to have small contexts, and refuse a limit beyond them. */
const OUTPUT_TOKENS_MAX_PLAIN = 4_096;
/** A whole call, with retries and waiting, takes at most this many times one attempt's timeout. */
const DEADLINE_TIMEOUTS = 3;
/** Characters of a server's message that are passed on. */
const MESSAGE_CHARACTERS_MAX = 300;

/**
 * How an answer in JSON is asked for, best first. A server that does not know one answers 400, 404, 415 or 422: the next is tried,
 * and the one that worked is kept for the life of the model.
 */
const ANSWER_FORMATS = ['json_schema', 'json_object', 'plain'] as const;
const NOT_UNDERSTOOD: ReadonlySet<number | undefined> = new Set([400, 404, 415, 422]);

/** Chat completions of OpenAI, or of any server that speaks its protocol. */
export function createOpenAiChatModel(options: OpenAiChatModelOptions): ChatModel {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const client = new OpenAI({
    apiKey: options.apiKey,
    ...(options.baseUrl === undefined ? {} : { baseURL: options.baseUrl }),
    timeout: timeoutMs,
    maxRetries: options.retriesMax ?? RETRIES_MAX,
    fetch: boundedFetch(),
  });
  let format = 0;

  async function ask<T>(request: ChatRequest<T>, signal: AbortSignal): Promise<ChatCompletion> {
    for (;;) {
      const tried = format;
      try {
        return await withSignal(
          client.chat.completions.create(body(options.model, request, tried), { signal }),
          signal,
        );
      } catch (error) {
        const isLast = tried === ANSWER_FORMATS.length - 1;
        if (isLast || !(error instanceof APIError) || !NOT_UNDERSTOOD.has(error.status)) throw error;
        format = Math.max(format, tried + 1);
      }
    }
  }

  return {
    name: options.model,
    async complete<T>(request: ChatRequest<T>): Promise<ChatResult<T>> {
      const deadline = AbortSignal.timeout(timeoutMs * DEADLINE_TIMEOUTS);
      const signal = request.signal === undefined ? deadline : AbortSignal.any([request.signal, deadline]);
      try {
        const completion = await ask(request, signal);
        return read(completion, request);
      } catch (error) {
        const failure =
          request.signal?.aborted === true ? 'cancelled' : deadline.aborted ? 'timeout' : failureOf(error);
        return failed(failure, `model ${options.model}: ${messageOf(error)}`, NO_USAGE);
      }
    },
  };
}

function body<T>(
  model: string,
  request: ChatRequest<T>,
  format: number,
): ChatCompletionCreateParamsNonStreaming {
  const outputTokensMax = request.outputTokensMax ?? OUTPUT_TOKENS_MAX;
  const schema = z.toJSONSchema(request.schema);
  const structured = ANSWER_FORMATS[format] === 'json_schema';
  const system = structured
    ? request.system
    : `${request.system}\n\nAnswer with one JSON object of this JSON schema and nothing else:\n${JSON.stringify(schema)}`;
  return {
    model,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: request.user },
    ],
    // Servers old enough not to know json_schema know only the older name of the limit.
    ...(structured
      ? { max_completion_tokens: outputTokensMax }
      : { max_tokens: Math.min(outputTokensMax, OUTPUT_TOKENS_MAX_PLAIN) }),
    ...(structured
      ? {
          response_format: {
            type: 'json_schema',
            json_schema: { name: request.schemaName, strict: true, schema },
          },
        }
      : ANSWER_FORMATS[format] === 'json_object'
        ? { response_format: { type: 'json_object' } }
        : {}),
  };
}

function read<T>(completion: ChatCompletion, request: ChatRequest<T>): ChatResult<T> {
  const usage = usageOf(completion);
  // Servers that only resemble OpenAI's may leave out what its types promise.
  const choice = Array.isArray(completion.choices) ? completion.choices[0] : undefined;
  const message = choice?.message;
  if (message?.refusal) return failed('refused', `the model refused: ${cut(message.refusal)}`, usage);
  const text = message?.content ?? '';
  const parsed = jsonInText(text);
  if (parsed === undefined) {
    const why = choice?.finish_reason === 'length' ? 'was cut at the token limit' : 'is not JSON';
    return failed('garbage', `the answer ${why}: ${cut(JSON.stringify(text))}`, usage);
  }
  const checked = request.schema.safeParse(parsed);
  if (checked.success) return { ok: true, value: checked.data, usage };
  return failed(
    'garbage',
    `the answer has another shape than asked for: ${cut(z.prettifyError(checked.error))}`,
    usage,
  );
}

function usageOf(completion: ChatCompletion): Usage {
  const { usage } = completion;
  if (usage === undefined || usage === null) return NO_USAGE;
  return addUsage(NO_USAGE, {
    inputTokens: usage.prompt_tokens ?? 0,
    outputTokens: usage.completion_tokens ?? 0,
  });
}

function failed(failure: ChatFailure, message: string, usage: Usage): ChatResult<never> {
  return { ok: false, failure, message, usage };
}

function failureOf(error: unknown): ChatFailure {
  if (error instanceof APIUserAbortError) return 'cancelled';
  if (error instanceof APIConnectionTimeoutError) return 'timeout';
  if (error instanceof APIConnectionError) return 'unavailable';
  if (error instanceof RateLimitError) return 'rate_limited';
  if (error instanceof APIError) return (error.status ?? 500) >= 500 ? 'unavailable' : 'refused';
  // What is left is a body that could not be read as JSON.
  return 'garbage';
}

function messageOf(error: unknown): string {
  return cut(error instanceof Error ? error.message : String(error));
}

function cut(text: string): string {
  return text.length > MESSAGE_CHARACTERS_MAX ? `${text.slice(0, MESSAGE_CHARACTERS_MAX)}…` : text;
}

/** The client waits out a Retry-After without looking at the signal; the caller must not. */
function withSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new APIUserAbortError());
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort));
}
