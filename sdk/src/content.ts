import type { Attributes } from '@opentelemetry/api';

import { ATTR, ATTRIBUTE_BYTES_MAX } from './contract/attributes.ts';
import type { SpanKindName } from './contract/span-kinds.ts';
import { captureJson, captureText } from './capture.ts';
import { CapturedJson } from './stream-output.ts';

/** Room for `[{"role":…,"parts":[…]}]` around a text of the largest size. */
const ENVELOPE_BYTES = 128;

/** Attributes that hold the input of a span of this kind. `undefined` is no input. */
export function inputAttributes(kind: SpanKindName, value: unknown): Attributes {
  if (value === undefined) return {};
  if (kind === 'tool') return { [ATTR.toolArguments]: captureText(value) };
  if (isConversational(kind) && typeof value === 'string') {
    return { [ATTR.inputMessages]: message('user', value) };
  }
  return { [ATTR.inputValue]: captureText(value) };
}

/** Attributes that hold the output of a span of this kind. `undefined` is no output. */
export function outputAttributes(kind: SpanKindName, value: unknown): Attributes {
  if (value === undefined) return {};
  if (value instanceof CapturedJson) {
    return { [kind === 'tool' ? ATTR.toolResult : ATTR.outputValue]: value.json };
  }
  if (kind === 'tool') return { [ATTR.toolResult]: captureText(value) };
  if (isConversational(kind) && typeof value === 'string') {
    return { [ATTR.outputMessages]: message('assistant', value) };
  }
  return { [ATTR.outputValue]: captureText(value) };
}

function isConversational(kind: SpanKindName): boolean {
  return kind === 'agent' || kind === 'workflow' || kind === 'llm';
}

function message(role: 'user' | 'assistant', content: string): string {
  const messages = [{ role, parts: [{ type: 'text', content }] }];
  // A character is at most 6 bytes of JSON: most texts need neither a count nor a cut.
  if (content.length * 6 < ATTRIBUTE_BYTES_MAX - ENVELOPE_BYTES) return JSON.stringify(messages);
  return captureJson(messages, ATTRIBUTE_BYTES_MAX - ENVELOPE_BYTES);
}
