import type { SpanKindName } from '@tracelore/sdk/contract';
import { REPORTED } from './cost-source.ts';
import { listedCost, type CallTokens } from './price-book.ts';
import { PRICE_SOURCE } from './price-list.ts';

/** More for one span is a sender's mistake, USD. It keeps billionths exact in a double, summed over the spans of a run. */
export const COST_USD_MAX = 1_000;

/** What a span tells about its price. */
export interface Call {
  readonly nature: { readonly kind: SpanKindName; readonly operation: string };
  /** As the span names them; `''` when it does not. */
  readonly provider: string;
  readonly requestModel: string;
  readonly responseModel: string;
  readonly tokens: CallTokens;
  readonly startUnixNano: bigint;
  /** `server.address`; `''` when unknown. */
  readonly host: string;
  /** USD, as the span states it. */
  readonly reportedCost: number | undefined;
}

export interface Cost {
  /** Billionths of a USD; `null` is unknown. */
  readonly nanoUsd: number | null;
  /** `reported`, or the price list with its version; `''` when the cost is unknown. */
  readonly source: string;
}

const UNKNOWN: Cost = { nanoUsd: null, source: '' };

/**
 * What a span cost: what it states itself, else, for calls of a model or embedder, its tokens at the price of its time. The
 * version that answered is priced before the name that was asked for.
 */
export function callCost(call: Call): Cost {
  const { nature, tokens, reportedCost } = call;
  if (reportedCost !== undefined && reportedCost >= 0 && reportedCost <= COST_USD_MAX)
    return { nanoUsd: Math.round(reportedCost * 1e9), source: REPORTED };
  if (nature.kind !== 'llm' && nature.kind !== 'embedding') return UNKNOWN;
  // Fetching an answer that was generated before costs nothing more.
  if (nature.operation === 'fetch_response') return UNKNOWN;
  if (tokens.inputTokens === null && tokens.outputTokens === null) return UNKNOWN;
  const cost = costOf(call, call.responseModel) ?? costOf(call, call.requestModel);
  return cost === null ? UNKNOWN : { nanoUsd: cost, source: PRICE_SOURCE };
}

function costOf({ provider, host, tokens, startUnixNano }: Call, model: string): number | null {
  if (model === '') return null;
  const cost = listedCost({ provider, model, host }, tokens, startUnixNano);
  return cost === null || cost > COST_USD_MAX * 1e9 ? null : cost;
}
