import { encodeRows, SPANS, type Table } from '@tracelore/collector/store';
import type { ConversationSpan } from './conversation.ts';
import { MESSAGES, MessageHashes, readMessages, type MessageKey } from './messages-table.ts';
import { contentTypes, inputText, spanRow } from './span-row.ts';
import { createSpansTable, PROJECT, readTrace, type Place } from './spans-table.ts';
import type { Variant } from './variant.ts';

export interface Addressing {
  readonly key: MessageKey;
  /** Texts of fewer characters stay where they are; 0 = every text goes by its hash, and spans hold 16 bytes per message. */
  readonly fromCharacters: number;
}

const TARGET: Table = { name: 'bench_spans', columns: SPANS.columns };
const REFERENCE = /\{"ref":"([0-9a-f]{32})"\}/g;

/** Each message once, in a table of its own; spans carry hashes in the place of texts. */
export function byHash(place: Place, name: string, { key, fromCharacters }: Addressing): Variant {
  const packed = fromCharacters === 0;
  let hashes = new MessageHashes(key);
  /** A column's value: its messages, or the one text it is. */
  const kept = (span: ConversationSpan, texts: readonly string[]): string | Uint8Array => {
    if (packed) return Buffer.concat(texts.map((text) => hashes.of(span.conversation, text)));
    return texts
      .map((text) =>
        text.length < fromCharacters
          ? text
          : `{"ref":"${hashes.of(span.conversation, text).toString('hex')}"}`,
      )
      .join(',');
  };
  return {
    name,
    tables: [TARGET.name, MESSAGES.name],
    create: async () => {
      hashes = new MessageHashes(key);
      await createSpansTable(place, TARGET.name, {});
      await place.driver.command(`CREATE TABLE ${place.database}.${MESSAGES.name} ${MESSAGES.definition}`);
    },
    insert: async (spans, token) => {
      const rows = spans.map((span) =>
        spanRow(span, PROJECT, {
          input: kept(span, span.kind === 'llm' ? messagesOf(inputText(span)) : [span.input]),
          output: kept(span, [span.output]),
          system: kept(span, [span.system]),
          tools: kept(span, [span.tools]),
          attributes: [],
          types: contentTypes(span),
        }),
      );
      // Messages first: a span that can be read can be read whole.
      await place.driver.insert(encodeRows(MESSAGES, hashes.takeNew(), `${token} messages`));
      await place.driver.insert(encodeRows(TARGET, rows, token));
    },
    read: async (from, run) => {
      const columns = ['input', 'output', 'system_instructions', 'tool_definitions'];
      const selected = packed ? columns.map((column) => `lower(hex(${column})) AS ${column}`) : columns;
      const rows = await readTrace(from, TARGET.name, run, `${selected.join(', ')}, conversation_id`);
      const texts = rows.flatMap((row) => columns.map((column) => row[column] ?? ''));
      const wanted = texts.map((text) =>
        packed ? (text.match(/.{32}/g) ?? []) : [...text.matchAll(REFERENCE)].map((match) => match[1] ?? ''),
      );
      const bodies = await readMessages(
        from,
        key,
        rows[0]?.['conversation_id'] ?? '',
        new Set(wanted.flat()),
      );
      const body = (hash: string): string => {
        const found = bodies.get(hash);
        if (found === undefined) throw new Error(`${name}: no message ${hash}`);
        return found;
      };
      const whole = texts.map((text, index) =>
        packed
          ? (wanted[index] ?? []).map(body).join(',')
          : text.replaceAll(REFERENCE, (_, hash: string) => body(hash)),
      );
      return whole.reduce((sum, text) => sum + text.length, 0);
    },
  };
}

/** The messages of a request body as a receiver gets them: one JSON text, which has to be taken apart first. */
function messagesOf(text: string): string[] {
  const messages: unknown = JSON.parse(text);
  return Array.isArray(messages) ? messages.map((message) => JSON.stringify(message)) : [text];
}
