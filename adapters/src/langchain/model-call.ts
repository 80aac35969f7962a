import type { Attributes } from '@opentelemetry/api';
import { captureJson } from '@tracelore/sdk';
import { ATTR } from '@tracelore/sdk/contract';

import { defined, field, listAt, numberAt, textAt } from './field.ts';
import { toConversation, toMessages, type Conversation } from './messages.ts';
import { toolDefinitions } from './tool-definitions.ts';

/** What LangChain says about a model call before it is made. */
export interface ModelCallStart {
  /** `extraParams` of the callback: invocation parameters and options. */
  readonly extra: unknown;
  /** Run metadata; holds LangSmith's `ls_*` facts about the model. */
  readonly metadata: unknown;
}

/** Name of the requested model; `''` if the model does not say. */
export function requestModel(call: ModelCallStart): string {
  const parameters = field(call.extra, 'invocation_params');
  return (
    textAt(parameters, 'model') ??
    textAt(parameters, 'model_name') ??
    textAt(parameters, 'modelId') ??
    textAt(call.metadata, 'ls_model_name') ??
    ''
  );
}

const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['google_genai', 'gcp.gemini'],
  ['google_vertexai', 'gcp.vertex_ai'],
  ['amazon_bedrock', 'aws.bedrock'],
  ['azure', 'azure.ai.openai'],
  ['azure_openai', 'azure.ai.openai'],
  ['mistral', 'mistral_ai'],
  ['mistralai', 'mistral_ai'],
  ['xai', 'x_ai'],
]);

function provider(metadata: unknown): string | undefined {
  const name = textAt(metadata, 'ls_provider')?.toLowerCase();
  return name === undefined ? undefined : (PROVIDERS.get(name) ?? name);
}

/** Model, provider and parameters: what a sampler or a price list may need, and nothing of the content. */
export function requestAttributes(call: ModelCallStart): Attributes {
  const parameters = field(call.extra, 'invocation_params');
  const model = requestModel(call);
  const stop = listAt(parameters, 'stop').filter((item): item is string => typeof item === 'string');
  return {
    ...(model === '' ? {} : { [ATTR.requestModel]: model }),
    ...defined({
      [ATTR.provider]: provider(call.metadata),
      'gen_ai.request.temperature':
        numberAt(parameters, 'temperature') ?? numberAt(call.metadata, 'ls_temperature'),
      'gen_ai.request.top_p': numberAt(parameters, 'top_p') ?? numberAt(parameters, 'topP'),
      'gen_ai.request.top_k': numberAt(parameters, 'top_k') ?? numberAt(parameters, 'topK'),
      'gen_ai.request.max_tokens':
        numberAt(parameters, 'max_tokens') ??
        numberAt(parameters, 'max_completion_tokens') ??
        numberAt(call.metadata, 'ls_max_tokens'),
      'gen_ai.request.frequency_penalty': numberAt(parameters, 'frequency_penalty'),
      'gen_ai.request.presence_penalty': numberAt(parameters, 'presence_penalty'),
      'gen_ai.request.seed': numberAt(parameters, 'seed'),
      'gen_ai.request.choice.count': numberAt(parameters, 'n'),
      'gen_ai.request.reasoning.level':
        textAt(parameters, 'reasoning_effort') ?? textAt(parameters, 'reasoning', 'effort'),
      'gen_ai.request.stream': field(parameters, 'stream') === true ? true : undefined,
    }),
    ...(stop.length === 0 ? {} : { 'gen_ai.request.stop_sequences': stop }),
  };
}

/** The prompt: system text, messages and the tools offered. */
export function promptAttributes(call: ModelCallStart, messages: readonly unknown[]): Attributes {
  const { system, messages: said }: Conversation = toConversation(messages);
  const tools = toolDefinitions(listAt(call.extra, 'invocation_params', 'tools'));
  return {
    ...(system.length === 0 ? {} : { [ATTR.systemInstructions]: captureJson(system) }),
    [ATTR.inputMessages]: captureJson(said),
    ...(tools.length === 0 ? {} : { [ATTR.toolDefinitions]: captureJson(tools) }),
  };
}

/** What came back, without content. `result` is LangChain's `LLMResult`. */
export function responseAttributes(result: unknown): Attributes {
  const generations = generationsOf(result);
  const message = field(generations[0], 'message');
  const reasons = generations.map(finishReason).filter((reason) => reason !== undefined);
  return {
    ...defined({
      [ATTR.responseModel]:
        textAt(message, 'response_metadata', 'model_name') ??
        textAt(message, 'response_metadata', 'model') ??
        textAt(generations[0], 'generationInfo', 'model_name'),
      [ATTR.responseId]: responseId(message),
    }),
    ...(reasons.length === 0 ? {} : { [ATTR.finishReasons]: reasons }),
    ...usageAttributes(field(message, 'usage_metadata'), field(result, 'llmOutput', 'tokenUsage')),
  };
}

/** The answers, one message per choice. */
export function answerAttributes(result: unknown): Attributes {
  const answers = generationsOf(result).flatMap((generation) => {
    const message = field(generation, 'message');
    if (message !== undefined) return toMessages([message]);
    const text = textAt(generation, 'text');
    return text === undefined ? [] : [{ role: 'assistant', parts: [{ type: 'text', content: text }] }];
  });
  return answers.length === 0 ? {} : { [ATTR.outputMessages]: captureJson(answers) };
}

function generationsOf(result: unknown): readonly unknown[] {
  return listAt(listAt(result, 'generations')[0]);
}

/** LangChain invents `run-…` ids for answers that came without one. */
function responseId(message: unknown): string | undefined {
  const id = textAt(message, 'id') ?? textAt(message, 'response_metadata', 'id');
  return id === undefined || /^(?:lc_)?run-/u.test(id) ? undefined : id;
}

const FINISH_REASONS: ReadonlyMap<string, string> = new Map([
  ['tool_calls', 'tool_call'],
  ['tool_use', 'tool_call'],
  ['function_call', 'tool_call'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['STOP', 'stop'],
  ['completed', 'stop'],
  ['max_tokens', 'length'],
  ['MAX_TOKENS', 'length'],
  ['max_output_tokens', 'length'],
  ['SAFETY', 'content_filter'],
  ['refusal', 'content_filter'],
]);

function finishReason(generation: unknown): string | undefined {
  const metadata = field(generation, 'message', 'response_metadata');
  const reason =
    textAt(generation, 'generationInfo', 'finish_reason') ??
    textAt(metadata, 'finish_reason') ??
    textAt(metadata, 'stop_reason') ??
    textAt(metadata, 'finishReason') ??
    textAt(metadata, 'status');
  return reason === undefined ? undefined : (FINISH_REASONS.get(reason) ?? reason);
}

/** LangChain's counts are the canonical ones: input with the cached tokens, output with the reasoning. */
function usageAttributes(usage: unknown, legacy: unknown): Attributes {
  return defined({
    [ATTR.inputTokens]: numberAt(usage, 'input_tokens') ?? numberAt(legacy, 'promptTokens'),
    [ATTR.outputTokens]: numberAt(usage, 'output_tokens') ?? numberAt(legacy, 'completionTokens'),
    [ATTR.cacheReadTokens]: numberAt(usage, 'input_token_details', 'cache_read'),
    [ATTR.cacheWriteTokens]: numberAt(usage, 'input_token_details', 'cache_creation'),
    [ATTR.reasoningTokens]: numberAt(usage, 'output_token_details', 'reasoning'),
  });
}
