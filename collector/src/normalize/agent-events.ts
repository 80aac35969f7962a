import { ATTR } from '@tracelore/sdk/contract';
import type { Attributes } from '../records.ts';

/** `spans.dialect` of spans made of log records. */
export const LOG_DIALECT = 'agent_log';

/**
 * Log records by which programs tell of their agents instead of spans: Claude Code, Codex and Gemini CLI with their default
 * telemetry, and model calls as log records of the GenAI conventions.
 */
export interface AgentEvent {
  /** `gen_ai.operation.name` of the span that is made of it. */
  readonly operation: string;
  /** Name of that span. */
  readonly name: string;
}

const PROMPT: AgentEvent = { operation: 'invoke_agent', name: 'prompt' };
const CALL: AgentEvent = { operation: 'chat', name: 'chat' };
/** No call of its own: the request before it has the usage, another record. */
const ANSWER: AgentEvent = { operation: 'assistant_response', name: 'assistant_response' };
const TOOL: AgentEvent = { operation: 'execute_tool', name: 'execute_tool' };

/** By event name, which Claude Code writes with and without its prefix. */
const EVENTS: Readonly<Record<string, AgentEvent>> = {
  'claude_code.user_prompt': PROMPT,
  'claude_code.api_request': CALL,
  'claude_code.api_error': CALL,
  'claude_code.assistant_response': ANSWER,
  'claude_code.tool_result': TOOL,
  'codex.user_prompt': PROMPT,
  // The last chunk of a stream has the usage.
  'codex.sse_event': CALL,
  'codex.tool_result': TOOL,
  'gemini_cli.user_prompt': PROMPT,
  'gemini_cli.api_response': CALL,
  'gemini_cli.api_error': CALL,
  'gemini_cli.tool_call': TOOL,
  'gen_ai.client.inference.operation.details': CALL,
};

const CLAUDE_CODE = 'com.anthropic.claude_code';

/** What an event tells of; `undefined` for all others. */
export function agentEventOf(
  eventName: string,
  scopeName: string,
  attributes: Attributes,
): AgentEvent | undefined {
  // Before the conventions named their event, its attributes stood on records without a name.
  if (eventName === '') return attributes.has(ATTR.requestModel) ? CALL : undefined;
  const name =
    scopeName.startsWith(CLAUDE_CODE) && !eventName.includes('.') ? `claude_code.${eventName}` : eventName;
  return Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined;
}
