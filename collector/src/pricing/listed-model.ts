import { listedProvider, makerOf, providerAtHost } from './price-list.ts';

/** A model as the price list may know it. */
export interface ListedModel {
  readonly provider: string;
  readonly model: string;
}

/** Providers that the list knows under another name than the GenAI conventions and common libraries. */
const LIST_NAMES: ReadonlyMap<string, string> = new Map([
  ['azure.ai.openai', 'azure'],
  ['azure.ai.inference', 'azure'],
  ['azure_ai', 'azure'],
  ['gcp.gen_ai', 'google'],
  ['google.vertex.anthropic', 'google'],
  ['vertexai-anthropic', 'google'],
  ['vertex_ai', 'google'],
  ['x_ai', 'x-ai'],
  ['fireworks_ai', 'fireworks'],
  ['togetherai', 'together'],
  ['together_ai', 'together'],
]);

/**
 * Makers whose models only they sell or license, so that the model's name alone tells its price wherever it was called
 * through. Models with open weights cost something else at every host.
 */
const CLOSED_MAKERS: ReadonlySet<string> = new Set(['openai', 'anthropic', 'google', 'x-ai', 'cohere']);
const OPEN_MODELS = /gpt-oss|gemma|grok-[12]\b|whisper/i;

/** `anthropic.claude-…-v1:0`, `us.amazon.nova-…`: ids of Bedrock. */
const BEDROCK_MODEL = /^(?:[a-z]{2,6}\.)?(?:amazon|anthropic|ai21|cohere|meta|mistral)\.[a-z]/;

/**
 * Under which provider and name the list may have a model, best first: where it was called, then what the name itself says
 * (`openrouter/…`, `bedrock/…`, `openai/…`), then who makes models of that name. `host` is the server that answered.
 */
export function listedModels(provider: string, model: string, host: string): ListedModel[] {
  const candidates: ListedModel[] = [];
  const add = (of: string | undefined, name: string): void => {
    if (of === undefined || name === '') return;
    if (!candidates.some((known) => known.provider === of && known.model === name))
      candidates.push({ provider: of, model: name });
  };
  const name = model.trim();
  const bare = lastSegment(name);
  const atHost = providerAtHost(host);
  for (const place of [atHost, listName(provider)]) {
    add(place, name);
    add(place, bare);
  }
  for (let rest = name, split = splitVendor(rest); split !== undefined; split = splitVendor(rest)) {
    add(listName(split.vendor), split.rest);
    rest = split.rest;
  }
  if (BEDROCK_MODEL.test(bare)) add('aws', bare);
  const maker = OPEN_MODELS.test(bare) ? undefined : makerOf(bare);
  if (maker !== undefined && CLOSED_MAKERS.has(maker)) add(maker, bare);
  return candidates;
}

function listName(provider: string): string | undefined {
  const name = provider.toLowerCase();
  const renamed = LIST_NAMES.get(name);
  return renamed === undefined ? listedProvider(name) : renamed;
}

/** `models/gemini-…`, `projects/…/models/…`, `arn:aws:bedrock:…/anthropic.claude-…`: the last part is the model. */
function lastSegment(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1);
}

function splitVendor(model: string): { readonly vendor: string; readonly rest: string } | undefined {
  const place = model.search(/[/:]/);
  if (place <= 0 || place === model.length - 1) return undefined;
  return { vendor: model.slice(0, place), rest: model.slice(place + 1) };
}
