import { readFileSync } from 'node:fs';
import { calcPrice, findProvider, type ModelInfo, type ModelPrice, type Usage } from '@pydantic/genai-prices';

const PACKAGE = '@pydantic/genai-prices';

/** Name and version of the price list that is bundled with the package, as it is stored beside each cost. */
export const PRICE_SOURCE: string = `genai-prices@${listVersion()}`;

/** What one more token costs, in billionths of a USD. */
export interface Rates {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

/** Prices of one model during a time. */
export interface Tariff {
  /** Whole tariff by the size of the input, smallest bound first: the last one whose bound the input exceeds holds. */
  readonly tiers: readonly { readonly inputAbove: number; readonly rates: Rates }[];
  /** Billionths of a USD for each call, whatever its size. */
  readonly perCall: number;
  /** Holds for starts in [from, until), epoch ms. */
  readonly from: number;
  readonly until: number;
}

/** Provider of the list by its own id or a name that contains one; `undefined` when the list has none of it. */
export function listedProvider(name: string): string | undefined {
  return name === '' ? undefined : findProvider({ providerId: name })?.id;
}

/** Provider of the list that answers at a host name. */
export function providerAtHost(host: string): string | undefined {
  return host === '' ? undefined : findProvider({ providerApiUrl: `https://${host}` })?.id;
}

/** Provider of the list that makes models with such a name. */
export function makerOf(model: string): string | undefined {
  return findProvider({ modelId: model })?.id;
}

/** Prices of a model at a time (epoch ms); `undefined` when the list does not have it. */
export function tariffOf(provider: string, model: string, atMs: number): Tariff | undefined {
  const timestamp = new Date(atMs);
  const priceOf = (usage: Usage): number | undefined =>
    calcPrice(usage, model, { providerId: provider, timestamp })?.total_price;
  const found = calcPrice({ input_tokens: 0 }, model, { providerId: provider, timestamp });
  if (found === null) return undefined;
  const tiers = tierBounds(found.model_price).map((inputAbove) => ({
    inputAbove,
    rates: measuredRates(priceOf, inputAbove + 1),
  }));
  return { tiers, perCall: nanos(found.total_price), ...validity(found.model.prices, atMs) };
}

/**
 * The price of a call is linear in its counts while the tier stays the same, so that a few prices asked from the list give
 * the rates, whatever units and parts the list knows. `size` is an input of that tier.
 */
function measuredRates(priceOf: (usage: Usage) => number | undefined, size: number): Rates {
  const price = (usage: Usage): number => priceOf(usage) ?? 0;
  const perCall = price({ input_tokens: 0 });
  const input = price({ input_tokens: size });
  const rate = (more: number): number => nanos(more / size);
  return {
    input: rate(input - perCall),
    cacheRead: rate(price({ input_tokens: size, cache_read_tokens: size }) - perCall),
    cacheWrite: rate(price({ input_tokens: size, cache_write_tokens: size }) - perCall),
    output: rate(price({ input_tokens: size, output_tokens: size }) - input),
    reasoning: rate(
      price({ input_tokens: size, output_tokens: size, output_reasoning_tokens: size }) - input,
    ),
  };
}

/** Digits of a rate that are kept: 10^-6 of a billionth is far below any listed price and above the noise of doubles. */
const RATE_STEPS = 1e6;

function nanos(usd: number): number {
  return Math.round(usd * 1e9 * RATE_STEPS) / RATE_STEPS;
}

/** Input sizes above which other prices hold, 0 first. */
function tierBounds(prices: ModelPrice): number[] {
  const bounds = new Set([0]);
  for (const price of Object.values(prices))
    if (typeof price === 'object') for (const { start } of price.tiers) bounds.add(start);
  return [...bounds].sort((a, b) => a - b);
}

const DAY_MS = 86_400_000;

/** The longest time around `atMs` in which no condition of the prices changes: dates of change, and hours of the day. */
function validity(prices: ModelInfo['prices'], atMs: number): { from: number; until: number } {
  let from = Number.NEGATIVE_INFINITY;
  let until = Number.POSITIVE_INFINITY;
  const changeAt = (time: number): void => {
    if (time <= atMs) from = Math.max(from, time);
    else until = Math.min(until, time);
  };
  for (const { constraint } of Array.isArray(prices) ? prices : []) {
    if (constraint === undefined) continue;
    if (constraint.type === 'start_date') changeAt(Date.parse(constraint.start_date));
    else
      for (const time of [constraint.start_time, constraint.end_time])
        for (const day of [atMs - DAY_MS, atMs, atMs + DAY_MS])
          changeAt(Date.parse(`${new Date(day).toISOString().slice(0, 10)}T${time}`));
  }
  return { from, until };
}

/** The package exports nothing that tells its version: its manifest is looked for above its entry. */
function listVersion(): string {
  for (let folder = new URL('.', import.meta.resolve(PACKAGE)); ; folder = new URL('..', folder)) {
    const manifest = manifestIn(folder);
    if (manifest?.name === PACKAGE) return manifest.version;
    if (folder.pathname === '/') throw new Error(`${PACKAGE} has no package.json above its entry`);
  }
}

function manifestIn(folder: URL): { readonly name: string; readonly version: string } | undefined {
  try {
    return JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
  } catch {
    return undefined;
  }
}
