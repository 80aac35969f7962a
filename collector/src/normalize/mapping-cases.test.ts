import { describe, expect, test } from 'vitest';
import type { Batch, SpanRecord } from '../records.ts';
import { batchOf, hasMappingCases, mappingCases, type MappingCase } from '../testing/mapping-cases.ts';

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
  input: ['input', 'systemInstructions', 'toolDefinitions'],
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
  if (value instanceof Map) return textsIn(Object.fromEntries(value));
  if (value === null || typeof value !== 'object') return [String(value)];
  return Object.entries(value).flatMap(([key, member]) =>
    typeof member === 'string' && ['type', 'role', 'modality'].includes(key) ? [] : textsIn(member),
  );
}

function includesTexts(held: string, value: unknown): boolean {
  return textsIn(value).every(
    (text) => held.includes(text) || held.includes(JSON.stringify(text).slice(1, -1)),
  );
}

/** Everything that is stored of a case, as texts: for what has no column of its own. */
function everything({ spans, logs, outcomes }: Batch): string {
  const plain = JSON.stringify([spans, logs, outcomes], (_, value: unknown) =>
    value instanceof Map ? Object.fromEntries(value) : typeof value === 'bigint' ? String(value) : value,
  );
  return `${plain}\n${textsIn(plain).join('\n')}`;
}

function holds(batch: Batch, fact: string, value: unknown): boolean {
  const [span] = batch.spans;
  const columns = COLUMNS[fact];
  if (span === undefined) return includesTexts(everything(batch), value);
  if (columns !== undefined)
    return columns.some((column) => JSON.stringify(span[column]) === JSON.stringify(value));
  const contents = CONTENTS[fact]?.map((column) => textsIn(span[column]).join('\n')).join('\n');
  if (contents === undefined) return includesTexts(everything(batch), value);
  return includesTexts(`${textsIn(contents).join('\n')}\n${contents}`, value);
}

/** The type words of all origins as our kinds; the others (`span`, `chain`, `prompt`, …) are `other`. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['llm', 'llm'],
  ['chat', 'llm'],
  ['text_completion', 'llm'],
  ['generate_content', 'llm'],
  ['tool', 'tool'],
  ['execute_tool', 'tool'],
  ['agent', 'agent'],
  ['invoke_agent', 'agent'],
  ['workflow', 'workflow'],
  ['embedding', 'embedding'],
  ['embeddings', 'embedding'],
  ['retriever', 'retriever'],
  ['rag', 'retriever'],
  ['guardrail', 'guardrail'],
  ['evaluator', 'evaluator'],
]);

/** Values of an origin's own output that are in what we store, by leaf. */
function agreement(batch: Batch, vendor: unknown): { readonly held: number; readonly of: number } {
  const all = everything(batch);
  const leaves = leavesOf(vendor);
  return { held: leaves.filter((leaf) => includesTexts(all, leaf)).length, of: leaves.length };
}

function leavesOf(value: unknown): unknown[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leavesOf);
  return value === null || value === undefined || value === '' ? [] : [value];
}

interface Agreement {
  /** That stand literally in the input: the rest is in {@link REFUTED}. */
  readonly facts: string;
  /** Of the cases with a type word. Words are taste where the input carries no marker. */
  readonly kinds: string;
  /** Of the values in the origins' own output: their words, derived values and defaults included. */
  readonly vendor: string;
}

function agreementOf(family: string): Agreement & { readonly missing: readonly string[] } {
  const missing: string[] = [];
  const counts = { facts: 0, kinds: 0, sameKind: 0, held: 0, of: 0 };
  for (const mapping of mappingCases(family)) {
    const batch = batchOf(mapping);
    const { kind, facts = {}, vendor } = mapping.expected ?? {};
    for (const [fact, value] of Object.entries(facts)) {
      counts.facts += 1;
      if (!holds(batch, fact, value)) missing.push(`${shortId(mapping)}: ${fact}`);
    }
    const [span] = batch.spans;
    if (kind !== undefined && kind !== '' && span !== undefined) {
      counts.kinds += 1;
      if ((KINDS.get(kind) ?? 'other') === span.kind) counts.sameKind += 1;
    }
    const { held, of } = agreement(batch, vendor);
    counts.held += held;
    counts.of += of;
  }
  return {
    facts: `${counts.facts - missing.length} of ${counts.facts}`,
    kinds: `${counts.sameKind} of ${counts.kinds}`,
    vendor: `${counts.held} of ${counts.of}`,
    missing,
  };
}

/** Ids repeat the name of the origin's test: its end tells them apart. */
function shortId({ id }: MappingCase): string {
  return id.length > 70 ? `…${id.slice(-69)}` : id;
}

/** Facts that contradict our rules, by the end of the case's id. */
const REFUTED: Readonly<Record<string, string>> = {
  '…ed-cache-usage-should-clamp-input-to-zero-when-the-blob-cache-count-e: output':
    'the envelope of the answer: its content is the output, the rest stands in columns and in the attribute',
  '…ed-cache-usage-should-derive-input-cached-tokens-from-the-llm-respons: output': 'the same',
  'lmnr/parse_and_enrich_attributes_google_genai: gen_ai.provider.name':
    'providers have the names of the conventions: gemini is gcp.gemini',
};

const AGREEMENT: Readonly<Record<string, Agreement>> = {
  langfuse: { facts: '125 of 127', kinds: '175 of 188', vendor: '876 of 1555' },
  langwatch: { facts: '282 of 282', kinds: '77 of 93', vendor: '675 of 714' },
  latitude: { facts: '108 of 108', kinds: '24 of 27', vendor: '314 of 359' },
  lmnr: { facts: '19 of 20', kinds: '3 of 3', vendor: '7 of 7' },
  agenta: { facts: '0 of 0', kinds: '0 of 0', vendor: '1 of 1' },
};

describe.skipIf(!hasMappingCases())('cases of other products', () => {
  test.each(Object.entries(AGREEMENT))(
    '%s: facts hold or are refuted; agreement is as stated',
    (family, stated) => {
      const { missing, ...agreed } = agreementOf(family);
      expect(agreed).toStrictEqual(stated);
      expect(missing.filter((fact) => REFUTED[fact] === undefined)).toStrictEqual([]);
    },
  );

  test.each(['langfuse', 'langwatch', 'latitude', 'lmnr', 'agenta', 'logfire', 'pydantic-ai', 'vercel-ai'])(
    '%s: every case is taken, and every attribute is kept with its type',
    (family) => {
      for (const mapping of mappingCases(family)) {
        const { spans, logs } = batchOf(mapping);
        const [span] = spans;
        const sent = (mapping.span ?? mapping.log)?.attributes ?? {};
        const kept = mapping.span === undefined ? logs[0]?.attributes : span?.attributes;
        expect([...(kept ?? [])].map(([name]) => name)).toStrictEqual(Object.keys(sent));
        expect(span?.warnings ?? []).not.toContain('not_interpreted');
        // A text has no type word, or that of the column in which it stands.
        const texts = Object.keys(mapping.span?.attributes ?? {}).filter((name) =>
          /^(=.*)?$/.test(span?.attributeTypes.get(name) ?? ''),
        );
        expect(texts).toStrictEqual(
          Object.entries(mapping.span?.attributes ?? {}).flatMap(([name, value]) =>
            typeof value === 'string' ? [name] : [],
          ),
        );
      }
    },
  );
});
