import { createHash } from 'node:crypto';
import { Language } from '../language.ts';

/** Turns of one conversation: each is one run of the agent: a question, a model call, a tool call, a model call that answers. */
export const TURNS = 20;
const MESSAGE_BYTES_MIN = 200;
const MESSAGE_BYTES_MAX = 4_096;
const SYSTEM_PROMPT_BYTES = 2_048;
const TOOL_DEFINITIONS_BYTES = 3_072;
const AGENTS = 5;
/** Between two turns the user reads and types. */
const THINKING_MS_MIN = 15_000;
const THINKING_MS_MAX = 60_000;
/** Conversations begin within this time, so that they run beside each other. */
const BEGINNINGS_MS = 120_000;

/** One span of a conversation, as its sender would export it. */
export interface ConversationSpan {
  readonly kind: 'agent' | 'llm' | 'tool';
  readonly conversation: string;
  readonly turn: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly agent: string;
  /** Epoch ms. */
  readonly startMs: number;
  readonly durationMs: number;
  /** The history so far, each message as JSON; empty on spans that are no model calls. */
  readonly history: readonly string[];
  /** JSON of one message; the arguments and the result of a tool call. */
  readonly input: string;
  readonly output: string;
  readonly system: string;
  readonly tools: string;
}

/** Conversations that run at the same time, their spans in the order of their ends. The seed decides every byte. */
export function conversations(count: number, seed: string, startMs: number): ConversationSpan[] {
  const language = new Language(seed);
  const agents = Array.from({ length: AGENTS }, (_, index) => ({
    name: `agent-${index}`,
    system: language.text(SYSTEM_PROMPT_BYTES),
    tools: toolDefinitions(language),
  }));
  const spans = Array.from({ length: count }, (_, index) => {
    const agent = agents[index % AGENTS];
    if (agent === undefined) throw new Error('no agent');
    return conversation(language, agent, `${seed} ${index}`, startMs + language.between(0, BEGINNINGS_MS));
  }).flat();
  return spans.sort((a, b) => a.startMs + a.durationMs - (b.startMs + b.durationMs));
}

interface Agent {
  readonly name: string;
  readonly system: string;
  readonly tools: string;
}

function conversation(language: Language, agent: Agent, id: string, beginMs: number): ConversationSpan[] {
  const spans: ConversationSpan[] = [];
  let history: readonly string[] = [];
  let atMs = beginMs;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const traceId = hex(`${id} trace ${turn}`, 32);
    const spanId = (name: string): string => hex(`${id} ${turn} ${name}`, 16);
    const common = { conversation: hex(id, 24), turn, traceId, agent: agent.name };
    const question = message('user', language.textBetween(MESSAGE_BYTES_MIN, MESSAGE_BYTES_MAX));
    const call = `{"query":${JSON.stringify(language.text(MESSAGE_BYTES_MIN))}}`;
    const result = language.textBetween(MESSAGE_BYTES_MIN, MESSAGE_BYTES_MAX);
    const asked = [...history, question];
    const calling = toolCall(spanId('call'), call);
    const told = [...asked, calling, toolResult(spanId('call'), result)];
    const answer = message('assistant', language.textBetween(MESSAGE_BYTES_MIN, MESSAGE_BYTES_MAX));
    const durations = [0, 0, 0].map(() => language.between(500, 4_000));
    const [planMs = 0, toolMs = 0, answerMs = 0] = durations;
    const root = spanId('root');
    const model = {
      ...common,
      kind: 'llm' as const,
      parentSpanId: root,
      system: agent.system,
      tools: agent.tools,
      input: '',
    };
    const none = { history: [], system: '', tools: '' };
    spans.push(
      {
        ...model,
        spanId: spanId('plan'),
        startMs: atMs,
        durationMs: planMs,
        history: asked,
        output: calling,
      },
      {
        ...common,
        ...none,
        kind: 'tool',
        spanId: spanId('tool'),
        parentSpanId: root,
        startMs: atMs + planMs,
        durationMs: toolMs,
        input: call,
        output: result,
      },
      {
        ...model,
        spanId: spanId('answer'),
        startMs: atMs + planMs + toolMs,
        durationMs: answerMs,
        history: told,
        output: answer,
      },
      {
        ...common,
        ...none,
        kind: 'agent',
        spanId: root,
        parentSpanId: '',
        startMs: atMs,
        durationMs: planMs + toolMs + answerMs,
        input: question,
        output: answer,
      },
    );
    history = [...told, answer];
    atMs += planMs + toolMs + answerMs + language.between(THINKING_MS_MIN, THINKING_MS_MAX);
  }
  return spans;
}

function message(role: string, content: string): string {
  return JSON.stringify({ role, parts: [{ type: 'text', content }] });
}

function toolCall(id: string, call: string): string {
  const part = { type: 'tool_call', id, name: 'search', arguments: JSON.parse(call) };
  return JSON.stringify({ role: 'assistant', parts: [part] });
}

function toolResult(id: string, response: string): string {
  return JSON.stringify({ role: 'tool', parts: [{ type: 'tool_call_response', id, response }] });
}

function toolDefinitions(language: Language): string {
  const definitions: unknown[] = [];
  while (JSON.stringify(definitions).length < TOOL_DEFINITIONS_BYTES) {
    definitions.push({
      type: 'function',
      name: `tool_${definitions.length}`,
      description: language.text(MESSAGE_BYTES_MIN),
      parameters: {
        type: 'object',
        properties: { query: { type: 'string', description: language.text(80) } },
      },
    });
  }
  return JSON.stringify(definitions);
}

function hex(text: string, characters: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, characters);
}
