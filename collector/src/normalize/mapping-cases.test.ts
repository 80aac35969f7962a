import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { AttributeValue, SpanRecord } from '../records.ts';
import { normalized } from '../testing/span-of.ts';

/** Mapping cases of other products with the values that stand literally in their input; absent without the data set. */
const DATA = new URL('../../../../shared/data/', import.meta.url);
const FAMILIES = [
  'langfuse',
  'langwatch',
  'latitude',
  'logfire',
  'lmnr',
  'agenta',
  'vercel-ai',
  'pydantic-ai',
];

interface Case {
  readonly id: string;
  readonly scope?: { readonly name?: string };
  readonly resourceAttributes?: Readonly<Record<string, unknown>>;
  readonly span?: {
    readonly name: string;
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly events?: readonly {
      readonly name: string;
      readonly attributes?: Readonly<Record<string, unknown>>;
    }[];
  };
  readonly expected?: { readonly facts?: Readonly<Record<string, unknown>> };
}

/** A value of the data set's short form as attribute value. */
function attributeOf(value: unknown): AttributeValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(attributeOf);
  const entries = Object.entries(value ?? {});
  const [[key, inner] = ['', undefined]] = entries;
  if (key === 'doubleValue') return Number(inner);
  if (key === 'intValue') return BigInt(String(inner));
  if (key === 'bytesValue') return new Uint8Array(Buffer.from(String(inner), 'base64'));
  if (key === 'kvlistValue') return attributesOf(inner as Readonly<Record<string, unknown>>);
  return attributesOf(Object.fromEntries(entries));
}

function attributesOf(values: Readonly<Record<string, unknown>> = {}): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, attributeOf(value)]));
}

/** Columns that may hold a fact: an origin that knows one model or one session id may name it either way. */
const COLUMNS: Readonly<Record<string, readonly (keyof SpanRecord)[]>> = {
  'gen_ai.request.model': ['requestModel', 'responseModel'],
  'gen_ai.response.model': ['responseModel', 'requestModel'],
  'session.id': ['sessionId', 'conversationId'],
  'user.id': ['userId'],
  'gen_ai.usage.input_tokens': ['inputTokens'],
  'gen_ai.usage.output_tokens': ['outputTokens'],
  'gen_ai.usage.cache_read.input_tokens': ['cacheReadTokens'],
  'gen_ai.usage.cache_creation.input_tokens': ['cacheWriteTokens'],
  'gen_ai.usage.reasoning.output_tokens': ['reasoningTokens'],
  'gen_ai.operation.name': ['operation'],
  'gen_ai.provider.name': ['provider'],
  'gen_ai.agent.name': ['agent'],
  'gen_ai.tool.name': ['tool'],
  'gen_ai.tool.call.id': ['toolCallId'],
  'gen_ai.response.id': ['responseId'],
  'error.type': ['errorType'],
  'gen_ai.response.finish_reasons': ['finishReasons'],
};
const CONTENTS: Readonly<Record<string, readonly (keyof SpanRecord)[]>> = {
  input: ['input', 'systemInstructions'],
  output: ['output'],
  'gen_ai.system_instructions': ['systemInstructions'],
  'gen_ai.tool.definitions': ['toolDefinitions'],
  'gen_ai.tool.call.arguments': ['input'],
  'gen_ai.tool.call.result': ['output'],
};

/** Texts in content, whatever its rendering; roles and type words are rendering. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    try {
      const parsed: unknown = JSON.parse(value);
      if (typeof parsed === 'object' && parsed !== null) return textsIn(parsed);
    } catch {
      // Not JSON: a text.
    }
    return [value];
  }
  if (value === null || typeof value !== 'object') return [String(value)];
  return Object.entries(value).flatMap(([key, member]) =>
    typeof member === 'string' && ['type', 'role', 'modality'].includes(key) ? [] : textsIn(member),
  );
}

function holds(record: SpanRecord, fact: string, value: unknown): boolean | undefined {
  const columns = COLUMNS[fact];
  if (columns !== undefined)
    return columns.some((column) => JSON.stringify(record[column]) === JSON.stringify(value));
  const contents = CONTENTS[fact]?.map((column) => textsIn(record[column]).join('\n')).join('\n');
  if (contents === undefined) return undefined;
  const found = `${textsIn(contents).join('\n')}\n${contents}`;
  return textsIn(value).every(
    (text) => found.includes(text) || found.includes(JSON.stringify(text).slice(1, -1)),
  );
}

function casesOf(family: string): Case[] {
  const lines = readFileSync(new URL(`${family}/cases.jsonl`, DATA), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): Case => JSON.parse(line));
}

/** The rest contradicts our rules on purpose: values that are no numbers, other names of a provider, whole envelopes. */
const FACTS_SHARE_MIN = 0.97;

test.skipIf(!existsSync(DATA))('facts of other products hold, and every attribute can be read back', () => {
  const missing: string[] = [];
  let facts = 0;
  for (const { id, scope, resourceAttributes, span, expected } of FAMILIES.flatMap(casesOf)) {
    if (span === undefined) continue;
    const attributes = attributesOf(span.attributes);
    const record = normalized(attributes, {
      name: span.name,
      scope: scope?.name ?? '',
      resource: attributesOf(resourceAttributes),
      events: (span.events ?? []).map((event) => ({
        name: event.name,
        timeUnixNano: 0n,
        attributes: new Map(Object.entries(attributesOf(event.attributes))),
      })),
    }).span;
    expect([...record.attributes.keys()]).toStrictEqual(Object.keys(attributes));
    for (const [fact, value] of Object.entries(expected?.facts ?? {})) {
      const held = holds(record, fact, value);
      if (held === undefined) continue;
      facts += 1;
      if (!held) missing.push(`${id}: ${fact}`);
    }
  }
  expect(facts).toBeGreaterThan(400);
  expect({ missing, share: 1 - missing.length / facts >= FACTS_SHARE_MIN }).toHaveProperty('share', true);
});
