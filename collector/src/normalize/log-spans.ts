import { createHash } from 'node:crypto';
import { ATTR } from '@tracelore/sdk/contract';
import type { Attributes, AttributeValue, DecodedLog, DecodedSpan } from '../records.ts';
import { agentEventOf, type AgentEvent } from './agent-events.ts';
import { readNumber, readText } from './canonical-fields.ts';

/** The same ids under their names in several programs. */
const SESSION = ['session.id', 'conversation.id', 'conversation_id', ATTR.conversationId];
const PROMPT = ['prompt.id', 'prompt_id'];
const TOOL = ['tool_name', 'function_name'];
const PARTICULAR = ['event.sequence', 'request_id', 'tool_use_id', 'call_id', 'event.timestamp'];
/** A duration beyond a week is a mistake, ms. */
const DURATION_MS_MAX = 7 * 86_400_000;

/**
 * Spans of agents that are told of by log records alone. A prompt and what follows it is one run, its root the prompt; where
 * the program does not say which prompt an event belongs to, a run is the session and has no root. Ids come from the content,
 * so that a record sent again is the same span. Records that point at a span are that span's content, and no span.
 */
export function logSpans(logs: readonly DecodedLog[]): DecodedSpan[] {
  return logs.flatMap((log) => {
    if (log.spanId !== '' || log.traceId !== '') return [];
    const event = agentEventOf(eventNameOf(log), log.scope.name, log.attributes);
    return event === undefined || !says(event, log.attributes) ? [] : [spanOf(log, event)];
  });
}

/** Before the field existed the name stood among the attributes. */
export function eventNameOf({ eventName, attributes }: DecodedLog): string {
  return eventName || (readText(attributes.get('event.name') ?? null) ?? '');
}

/** Most events of a stream carry no usage, and records of the conventions may leave out what was called. */
function says({ operation }: AgentEvent, attributes: Attributes): boolean {
  if (operation !== 'chat') return true;
  return ['model', ATTR.requestModel, ATTR.responseModel].some((name) => attributes.has(name))
    ? [
        'cost_usd',
        'input_tokens',
        'input_token_count',
        ATTR.inputTokens,
        ATTR.outputMessages,
        'error',
        'error_message',
      ].some((name) => attributes.has(name))
    : false;
}

function spanOf(log: DecodedLog, event: AgentEvent): DecodedSpan {
  const text = (names: readonly string[]): string =>
    names.map((name) => readText(log.attributes.get(name) ?? null)).find((value) => value !== undefined) ??
    '';
  const end = log.timeUnixNano === 0n ? log.observedTimeUnixNano : log.timeUnixNano;
  const name = eventNameOf(log);
  const [session, prompt, tool] = [text(SESSION), text(PROMPT), text(TOOL)];
  const particular = [name, String(end), ...PARTICULAR.map((key) => text([key]))].join('\n');
  const traceId = digest(`${session}\n${prompt}\n${session === '' ? particular : ''}`, 32);
  const root = digest(`${traceId}\nprompt`, 16);
  const isRoot = event.operation === 'invoke_agent' && prompt !== '';
  const problem = text(['error', 'error_message', 'error.message']);
  const duration = durationOf(log.attributes);
  const failed = problem !== '' || text(['success']) === 'false';
  return {
    resource: log.resource,
    scope: log.scope,
    traceId,
    spanId: isRoot ? root : digest(`${traceId}\n${particular}`, 16),
    parentSpanId: isRoot || session === '' ? '' : root,
    traceState: '',
    flags: 0,
    name: [event.name, event.operation === 'chat' ? text(['model', ATTR.requestModel]) : tool]
      .filter(Boolean)
      .join(' '),
    otelKind: event.operation === 'chat' ? 'Client' : 'Internal',
    startUnixNano: end > duration ? end - duration : 0n,
    endUnixNano: end,
    status: failed ? 'Error' : 'Unset',
    statusMessage: problem,
    attributes: withOperation(
      log.attributes,
      event.operation,
      failed ? text(['status_code', 'error_type']) : '',
    ),
    events: [],
    links: [],
  };
}

function durationOf(attributes: Attributes): bigint {
  const ms = readNumber(attributes.get('duration_ms') ?? null) ?? 0;
  return ms > DURATION_MS_MAX ? 0n : BigInt(Math.round(ms * 1e6));
}

function withOperation(attributes: Attributes, operation: string, errorType: string): Attributes {
  const all = new Map<string, AttributeValue>(attributes);
  if (!all.has(ATTR.operation)) all.set(ATTR.operation, operation);
  if (errorType !== '' && !all.has(ATTR.errorType)) all.set(ATTR.errorType, errorType);
  return all;
}

function digest(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
