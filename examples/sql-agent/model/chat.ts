/** The part of OpenAI's chat completions protocol that the simulated model speaks. */
export interface ChatRequest {
  readonly model: string;
  /** Text of all messages but the user's, in order. */
  readonly instructions: string;
  /** Text of the user's messages, in order. */
  readonly user: string;
  /** Name of the JSON schema that the answer must follow. */
  readonly schemaName: string | undefined;
  readonly stream: boolean;
  readonly streamUsage: boolean;
}

/** The request was not one; the text says why. */
export class BadRequest extends Error {}

export function readChatRequest(body: unknown): ChatRequest {
  const request = recordOf(body, 'the body');
  const model = request['model'];
  if (typeof model !== 'string' || model === '') throw new BadRequest('model: expected the name of a model');
  const messages = request['messages'];
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new BadRequest('messages: expected a list of at least one message');
  }
  const texts = messages.map((message: unknown, index) => {
    const { role, content } = recordOf(message, `messages[${index}]`);
    return { fromUser: role === 'user', text: textOf(content, `messages[${index}].content`) };
  });
  const text = (fromUser: boolean): string =>
    texts
      .filter((message) => message.fromUser === fromUser)
      .map((message) => message.text)
      .join('\n');
  return {
    model,
    instructions: text(false),
    user: text(true),
    schemaName: schemaNameOf(request['response_format']),
    stream: request['stream'] === true,
    streamUsage: isRecord(request['stream_options']) && request['stream_options']['include_usage'] === true,
  };
}

function schemaNameOf(format: unknown): string | undefined {
  if (!isRecord(format) || format['type'] !== 'json_schema') return undefined;
  const name = isRecord(format['json_schema']) ? format['json_schema']['name'] : undefined;
  if (typeof name !== 'string') throw new BadRequest('response_format.json_schema.name: expected a name');
  return name;
}

function textOf(content: unknown, field: string): string {
  if (typeof content === 'string') return content;
  if (content === null || content === undefined) return '';
  if (!Array.isArray(content)) throw new BadRequest(`${field}: expected a text or a list of parts`);
  return content
    .map((part: unknown) => (isRecord(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('');
}

export function recordOf(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw new BadRequest(`${field}: expected a JSON object`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What every chunk and every whole answer carries. */
export interface AnswerHead {
  readonly id: string;
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
}

/** Characters per token of ordinary English and SQL: near enough for a usage field. */
const CHARACTERS_PER_TOKEN = 4;

export function usageOf(request: ChatRequest, answer: string): Readonly<Record<string, number>> {
  const prompt = Math.ceil((request.instructions.length + request.user.length) / CHARACTERS_PER_TOKEN);
  const completion = Math.ceil(answer.length / CHARACTERS_PER_TOKEN);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

export function completionOf(head: AnswerHead, request: ChatRequest, answer: string): unknown {
  return {
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: answer, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: usageOf(request, answer),
    system_fingerprint: null,
  };
}

/** Characters per streamed piece. */
const PIECE_CHARACTERS = 24;

/** The same answer as a stream of chunks; the last one carries the usage, if it was asked for. */
export function* chunksOf(head: AnswerHead, request: ChatRequest, answer: string): Generator<unknown> {
  const chunk = (delta: unknown, finish: 'stop' | null): unknown => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(request.streamUsage ? { usage: null } : {}),
  });
  yield chunk({ role: 'assistant', content: '' }, null);
  for (let at = 0; at < answer.length; at += PIECE_CHARACTERS) {
    yield chunk({ content: answer.slice(at, at + PIECE_CHARACTERS) }, null);
  }
  yield chunk({}, 'stop');
  if (request.streamUsage) {
    yield { ...head, object: 'chat.completion.chunk', choices: [], usage: usageOf(request, answer) };
  }
}
