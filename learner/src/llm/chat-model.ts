import type { z } from 'zod';

/** Tokens as the server counted them; 0 when it did not say. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0 };

export function addUsage(a: Usage, b: Usage): Usage {
  return { inputTokens: a.inputTokens + b.inputTokens, outputTokens: a.outputTokens + b.outputTokens };
}

/** One question to a model whose answer must be JSON of a given shape. */
export interface ChatRequest<T> {
  readonly system: string;
  readonly user: string;
  /** Name of the JSON schema as the server sees it: `[a-z_]+`. */
  readonly schemaName: string;
  readonly schema: z.ZodType<T>;
  /** Longest answer with the reasoning before it, tokens. Default 16 384. */
  readonly outputTokensMax?: number;
  readonly signal?: AbortSignal;
}

/**
 * Why a call gave no answer: `garbage` (not JSON of the asked shape, or cut), `refused` (the server or the model said
 * no: bad key, bad request, refusal), `rate_limited`, `timeout`, `unavailable` (no connection, 5xx), `cancelled` (by the
 * caller's signal). Retries have already happened.
 */
export type ChatFailure = 'garbage' | 'refused' | 'rate_limited' | 'timeout' | 'unavailable' | 'cancelled';

/** A failed call is a value: it never throws, and what it cost is still counted. */
export type ChatResult<T> =
  | { readonly ok: true; readonly value: T; readonly usage: Usage }
  | { readonly ok: false; readonly failure: ChatFailure; readonly message: string; readonly usage: Usage };

/** A chat model that answers in JSON. */
export interface ChatModel {
  /** Model id as the server knows it. */
  readonly name: string;
  complete<T>(request: ChatRequest<T>): Promise<ChatResult<T>>;
}
