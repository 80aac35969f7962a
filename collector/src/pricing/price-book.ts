import { listedModels } from './listed-model.ts';
import { tariffOf, type Rates, type Tariff } from './price-list.ts';

/** Models remembered with their prices; when it is full it starts afresh. */
export const MODELS_KNOWN_MAX = 10_000;

/** Who was asked for which model. */
export interface ModelNames {
  /** As the span names it; `''` when it does not. */
  readonly provider: string;
  readonly model: string;
  /** `server.address`; `''` when unknown. */
  readonly host: string;
}

/** Totals include their parts, as everywhere here: input the cached tokens, output the reasoning. */
export interface CallTokens {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly reasoningTokens: number | null;
}

const known = new Map<string, Map<string, Map<string, Tariff>>>();
let models = 0;

/** For a model that the list does not have: remembered like the others. */
const UNLISTED: Tariff = {
  tiers: [],
  perCall: 0,
  from: Number.NEGATIVE_INFINITY,
  until: Number.POSITIVE_INFINITY,
};

/** What a call cost by the list, in billionths of a USD; `null` for a model that the list does not have. */
export function listedCost(names: ModelNames, tokens: CallTokens, startUnixNano: bigint): number | null {
  const tariff = tariffAt(names, startUnixNano);
  const input = tokens.inputTokens ?? 0;
  const rates = ratesFor(tariff, input);
  if (rates === undefined) return null;
  const cacheRead = tokens.cacheReadTokens ?? 0;
  const cacheWrite = tokens.cacheWriteTokens ?? 0;
  const reasoning = tokens.reasoningTokens ?? 0;
  // Parts larger than their total were counted beside it: there is no other way to read them.
  const fresh = cacheRead + cacheWrite > input ? input : input - cacheRead - cacheWrite;
  const output = tokens.outputTokens ?? 0;
  const answered = reasoning > output ? output : output - reasoning;
  return Math.round(
    tariff.perCall +
      fresh * rates.input +
      cacheRead * rates.cacheRead +
      cacheWrite * rates.cacheWrite +
      answered * rates.output +
      reasoning * rates.reasoning,
  );
}

/** What tokens of a model cost at a time by the list, USD; `null` for a model that the list does not have. */
export function priceOf(
  model: string,
  tokens: { readonly inputTokens: number; readonly outputTokens: number },
  atMs: number,
): number | null {
  if (model === '') return null;
  const parts = { cacheReadTokens: null, cacheWriteTokens: null, reasoningTokens: null };
  const nanoUsd = listedCost(
    { provider: '', model, host: '' },
    { ...tokens, ...parts },
    BigInt(atMs) * 1_000_000n,
  );
  return nanoUsd === null ? null : nanoUsd / 1e9;
}

function ratesFor({ tiers }: Tariff, input: number): Rates | undefined {
  if (tiers.length === 1) return tiers[0]?.rates;
  return (tiers.findLast(({ inputAbove }) => input > inputAbove) ?? tiers[0])?.rates;
}

function tariffAt({ provider, model, host }: ModelNames, startUnixNano: bigint): Tariff {
  const remembered = known.get(provider)?.get(model)?.get(host);
  if (remembered?.from === Number.NEGATIVE_INFINITY && remembered.until === Number.POSITIVE_INFINITY)
    return remembered;
  const atMs = Number(startUnixNano / 1_000_000n);
  if (remembered !== undefined && remembered.from <= atMs && atMs < remembered.until) return remembered;
  const tariff = tariffIn(listedModels(provider, model, host), atMs);
  remember(provider, model, host, tariff);
  return tariff;
}

function tariffIn(candidates: ReturnType<typeof listedModels>, atMs: number): Tariff {
  for (const { provider, model } of candidates) {
    const tariff = tariffOf(provider, model, atMs);
    if (tariff !== undefined) return tariff;
  }
  return UNLISTED;
}

function remember(provider: string, model: string, host: string, tariff: Tariff): void {
  if (models >= MODELS_KNOWN_MAX) {
    known.clear();
    models = 0;
  }
  const ofProvider = known.get(provider) ?? new Map<string, Map<string, Tariff>>();
  known.set(provider, ofProvider);
  const ofModel = ofProvider.get(model) ?? new Map<string, Tariff>();
  ofProvider.set(model, ofModel);
  if (!ofModel.has(host)) models += 1;
  ofModel.set(host, tariff);
}
