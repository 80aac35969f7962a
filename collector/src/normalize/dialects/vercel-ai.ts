import type { AttributeValue } from '../../records.ts';
import type { CanonicalFields } from '../canonical-fields.ts';
import { readNumber } from '../canonical-fields.ts';
import {
  first,
  isJson,
  parsedJson,
  textPart,
  toolCallPart,
  type Json,
  type MessagePart,
} from '../content/message-part.ts';
import type { Dialect, SpanView } from '../dialect.ts';
import { plainOf } from '../attribute-text.ts';

const MODEL_CALLS = {
  generatetext: 'invoke_agent',
  streamtext: 'invoke_agent',
  generateobject: 'invoke_agent',
  streamobject: 'invoke_agent',
  embed: 'embed',
  embedmany: 'embed',
  rerank: 'rerank',
  toolcall: 'execute_tool',
} as const;

/** Outer spans carry sums of their steps; the `.do…` spans are the model calls. */
function operationNames(): Record<string, string> {
  const names: Record<string, string> = {};
  for (const [name, operation] of Object.entries(MODEL_CALLS)) {
    names[name] = operation;
    names[`ai.${name}`] = operation;
  }
  for (const outer of ['generatetext', 'generateobject']) names[`ai.${outer}.dogenerate`] = 'chat';
  for (const outer of ['streamtext', 'streamobject']) names[`ai.${outer}.dostream`] = 'chat';
  names['ai.rerank.dorerank'] = 'rerank';
  for (const outer of ['embed', 'embedmany']) names[`ai.${outer}.doembed`] = 'embeddings';
  return names;
}

const OPERATIONS = operationNames();

/** Vercel AI SDK 4 to 6 and the legacy form of its 7: `ai.*`. */
export const VERCEL_AI: Dialect = {
  name: 'vercel_ai',
  scopes: ['ai', '@ai-sdk/'],
  prefixes: ['ai.', 'aisdk.'],
  sources: {
    provider: ['ai.model.provider', 'aisdk.model.provider'],
    requestModel: ['ai.model.id', 'aisdk.model.id'],
    responseModel: ['ai.response.model'],
    responseId: ['ai.response.id'],
    finishReasons: ['ai.response.finishReason', 'ai.finishReason'],
    agent: ['ai.telemetry.functionId'],
    tool: ['ai.toolCall.name'],
    toolCallId: ['ai.toolCall.id'],
    conversationId: [
      'ai.telemetry.metadata.conversationId',
      'ai.telemetry.metadata.threadId',
      'ai.settings.context.conversationId',
      'ai.settings.context.threadId',
    ],
    sessionId: [
      'ai.telemetry.metadata.sessionId',
      'ai.telemetry.metadata.session_id',
      'ai.settings.context.sessionId',
    ],
    userId: ['ai.telemetry.metadata.userId', 'ai.telemetry.metadata.user_id', 'ai.settings.context.userId'],
    tags: ['ai.telemetry.metadata.tags'],
    inputTokens: [
      'ai.usage.inputTokens',
      'ai.usage.promptTokens',
      'ai.usage.tokens',
      'stream.usage.inputTokens',
      'generateText.usage.inputTokens',
    ],
    outputTokens: [
      'ai.usage.outputTokens',
      'ai.usage.completionTokens',
      'stream.usage.outputTokens',
      'generateText.usage.outputTokens',
    ],
    cacheReadTokens: [
      'ai.usage.inputTokenDetails.cacheReadTokens',
      'ai.usage.cachedInputTokens',
      'stream.usage.inputTokenDetails.cacheReadTokens',
      'stream.usage.cachedInputTokens',
    ],
    cacheWriteTokens: [
      'ai.usage.inputTokenDetails.cacheWriteTokens',
      'stream.usage.inputTokenDetails.cacheWriteTokens',
    ],
    reasoningTokens: [
      'ai.usage.outputTokenDetails.reasoningTokens',
      'ai.usage.reasoningTokens',
      'stream.usage.outputTokenDetails.reasoningTokens',
      'stream.usage.reasoningTokens',
    ],
    totalTokens: ['ai.usage.totalTokens'],
    input: [
      'ai.prompt.messages',
      'ai.prompt',
      'ai.value',
      'ai.values',
      'ai.documents',
      'stream.prompt.messages',
      'generateText.prompt.messages',
    ],
    output: ['ai.response.object', 'ai.result.object', 'ai.embedding', 'ai.embeddings', 'ai.ranking'],
    toolDefinitions: ['ai.prompt.tools'],
    toolArguments: ['ai.toolCall.args', 'ai.toolCall.input'],
    toolResult: ['ai.toolCall.result', 'ai.toolCall.output'],
  },
  operations: { 'ai.operationId': OPERATIONS, 'operation.name': OPERATIONS },
  refine: (span, fields) => {
    const answer = responseMessage(span);
    if (answer !== null) fields.output ??= answer;
    readModel(parsed(span.attributes.get('ai.model')), fields);
    readPrompt(span, fields);
    readProviderMetadata(span, fields);
    const operation = operationIn(span);
    if (operation !== undefined) fields.operation ??= operation;
    const milliseconds = readNumber(
      span.attributes.get('ai.response.msToFirstChunk') ??
        span.attributes.get('ai.stream.msToFirstChunk') ??
        null,
    );
    if (milliseconds !== undefined) fields.timeToFirstChunk ??= milliseconds / 1000;
  },
};

/** Spans of embedded copies of the SDK may name their operation by their own name alone. */
function operationIn({ name, attributes }: SpanView): string | undefined {
  if (attributes.has('ai.operationId') || attributes.has('operation.name')) return undefined;
  // Mastra's spans of such a name are the calls themselves.
  if (attributes.has('aisdk.model.id')) return undefined;
  const [word = ''] = name.toLowerCase().split(' ');
  return word.startsWith('ai.') && Object.hasOwn(OPERATIONS, word) ? OPERATIONS[word] : undefined;
}

function readModel(model: unknown, fields: CanonicalFields): void {
  if (!isJson(model)) return;
  if (typeof model['id'] === 'string') fields.requestModel ??= model['id'];
  if (typeof model['provider'] === 'string') fields.provider ??= model['provider'];
}

/** Outer spans keep the arguments of the call: `{system, prompt}` or `{system, messages}`. */
function readPrompt(span: SpanView, fields: CanonicalFields): void {
  const sent = span.attributes.get('ai.prompt');
  const prompt = parsed(sent);
  if (!isJson(prompt)) return;
  const { system } = prompt;
  if (typeof system === 'string' && system !== '') fields.systemInstructions ??= system;
  if (fields.input !== sent || typeof prompt['prompt'] !== 'string' || 'messages' in prompt) return;
  fields.input = JSON.stringify([
    ...(typeof system === 'string' && system !== '' ? [{ role: 'system', parts: [textPart(system)] }] : []),
    { role: 'user', parts: [textPart(prompt['prompt'])] },
  ]);
}

/** Of the SDK itself, and of Mastra's copy of it. */
const ANSWERS = ['ai.response.', 'ai.result.', 'stream.response.', 'generateText.response.'] as const;

/** Text, reasoning and tool calls of an answer stand in attributes of their own. */
function responseMessage(span: SpanView): string | null {
  const whole = parsed(span.attributes.get('ai.response'));
  const answer = isJson(whole) ? whole : {};
  const part = (name: string): unknown => {
    const value = ANSWERS.map((prefix) => span.attributes.get(prefix + name)).find(
      (found) => found !== undefined,
    );
    return value === undefined ? answer[name] : plainOf(value);
  };
  const text = part('text') ?? answer['object'];
  const reasoning = part('reasoning');
  const calls = parsedJson(part('toolCalls'));
  const parts: MessagePart[] = [];
  if (typeof reasoning === 'string' && reasoning !== '')
    parts.push({ type: 'reasoning', content: reasoning });
  if (typeof text === 'string' && text !== '') parts.push(textPart(text));
  else if (isJson(text)) parts.push(textPart(JSON.stringify(text)));
  if (Array.isArray(calls)) for (const call of calls) if (isJson(call)) parts.push(toolCallPart(call));
  return parts.length === 0 ? null : JSON.stringify([{ role: 'assistant', parts }]);
}

/** Gateways that say what they charged, USD. */
const CHARGING = ['openrouter', 'gateway'] as const;

function readCost(metadata: Json, fields: CanonicalFields): void {
  for (const name of CHARGING) {
    const gateway = metadata[name];
    if (!isJson(gateway)) continue;
    const { usage } = gateway;
    const cost = isJson(usage) ? (usage['cost'] ?? gateway['cost']) : gateway['cost'];
    const usd = typeof cost === 'number' || typeof cost === 'string' ? readNumber(cost) : undefined;
    if (usd !== undefined) fields.reportedCost ??= usd;
  }
}

/** Older majors report cached and reasoning tokens only inside the provider's own metadata. */
function readProviderMetadata(span: SpanView, fields: CanonicalFields): void {
  const metadata = parsed(span.attributes.get('ai.response.providerMetadata'));
  if (!isJson(metadata)) return;
  readCost(metadata, fields);
  for (const provider of Object.values(metadata)) {
    if (!isJson(provider)) continue;
    for (const counts of [provider, provider['usage'], provider['usageMetadata']]) {
      if (!isJson(counts)) continue;
      const count = (...names: readonly string[]): unknown => first(counts, names);
      setCount(
        fields,
        'cacheReadTokens',
        count(
          'cachedPromptTokens',
          'cacheReadInputTokens',
          'cache_read_input_tokens',
          'cachedContentTokenCount',
        ),
      );
      setCount(
        fields,
        'cacheWriteTokens',
        count('cacheCreationInputTokens', 'cacheWriteInputTokens', 'cache_creation_input_tokens'),
      );
      setCount(fields, 'reasoningTokens', count('reasoningTokens', 'reasoning_tokens', 'thoughtsTokenCount'));
    }
  }
  addCachedByAnthropic(metadata, span, fields);
}

/**
 * Majors 4 and 5 pass on what Anthropic counts as input, which is without the cached tokens; 6 adds them up. The API's own
 * count tells which it is, and where it is missing the older name of the attribute.
 */
function addCachedByAnthropic(metadata: Json, { attributes }: SpanView, fields: CanonicalFields): void {
  const { anthropic } = metadata;
  if (!isJson(anthropic) || fields.inputTokens === undefined) return;
  const { usage } = anthropic;
  const counted = isJson(usage) ? usage['input_tokens'] : undefined;
  const isFresh =
    counted === undefined ? attributes.has('ai.usage.promptTokens') : counted === fields.inputTokens;
  if (isFresh) fields.inputTokens += (fields.cacheReadTokens ?? 0) + (fields.cacheWriteTokens ?? 0);
}

function setCount(
  fields: CanonicalFields,
  field: 'cacheReadTokens' | 'cacheWriteTokens' | 'reasoningTokens',
  value: unknown,
): void {
  if (typeof value === 'number' && value >= 0) fields[field] ??= value;
}

function parsed(value: AttributeValue | undefined): unknown {
  return typeof value === 'string' ? parsedJson(value) : value === undefined ? undefined : plainOf(value);
}
