import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Redactor } from '../collector/src/redact/redactor.ts';
import { minimum, printTable } from './sample.ts';

/**
 * Price of redaction by kind of text, all of it clean: `node --conditions=@tracelore/source bench/redaction.ts`. Every text is a
 * new string in every round, as after decoding.
 */
const ROUNDS = 40;
const CHARACTERS_PER_ROUND = 200_000;
const KIB = 1_024;

const source = readFileSync(new URL('ingest/payload.ts', import.meta.url), 'utf8');
const orders = Array.from({ length: 60 }, (_, index) => ({
  id: index,
  orderId: `ord-${index * 7_919}`,
  customer: { name: 'Ann Miller', city: 'Oslo', zip: 10_400 + index },
  total: index * 13.37,
  createdAt: '2026-03-04T10:11:12.000Z',
  key: 'value',
}));
const sentence =
  'The quarterly report lists orders by customer, region and month, without cancelled ones; see page 4. ';
const ids = [
  'chat',
  'gpt-5.2-2026-10-01',
  'conversation-17',
  '4bf92f3577b34da6a3ce929d0e0e4736',
  'GET /orders/{id}',
];

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  'short values': ids,
  prose: [messages(sentence.repeat(40))],
  'prose, curly quotes': [messages(sentence.replaceAll(' ', ' ’').repeat(40))],
  Chinese: [messages('季度报告按客户、地区和月份列出订单，不包括已取消的订单。'.repeat(100))],
  code: [messages(source)],
  JSON: [JSON.stringify(orders)],
  'JSON in messages': [messages(JSON.stringify(orders))],
  base64: [messages(Array.from({ length: 40 }, (_, index) => hash(index, 'base64')).join(''))],
  'hex ids': [Array.from({ length: 80 }, (_, index) => `row ${hash(index, 'hex').slice(0, 32)}`).join('\n')],
  URLs: [
    ids
      .map((id) => `https://docs.example.org/guide/${id}?lang=en&page=2#top`)
      .join('\n')
      .repeat(20),
  ],
  'near misses': ['Set the API key: the token = none; password is no word here, bearer of news. '.repeat(40)],
};

const redactor = new Redactor({});
printTable(
  ['text', 'characters', 'µs per text', 'µs per KiB'],
  Object.entries(TEXTS).map(([name, texts]) => {
    const characters = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
    const perText = minimum(Array.from({ length: ROUNDS }, () => microsecondsPerText(texts, characters)));
    return [
      name,
      Math.round(characters),
      perText.toFixed(2),
      characters < KIB ? '' : ((perText / characters) * KIB).toFixed(2),
    ];
  }),
);

function microsecondsPerText(texts: readonly string[], characters: number): number {
  const count = Math.ceil(CHARACTERS_PER_ROUND / characters);
  const fresh = Array.from({ length: count }, (_, index) =>
    Buffer.from(texts[index % texts.length] ?? '').toString(),
  );
  const started = performance.now();
  for (const text of fresh) redactor.text(text);
  return ((performance.now() - started) * 1_000) / count;
}

function messages(content: string): string {
  return JSON.stringify([{ role: 'user', parts: [{ type: 'text', content }] }]);
}

function hash(index: number, encoding: 'base64' | 'hex'): string {
  return createHash('sha512').update(String(index)).digest(encoding);
}
