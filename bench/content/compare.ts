import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openStore } from '@tracelore/collector/store';
import { minimum, printTable } from '../sample.ts';
import { byHash } from './by-hash.ts';
import { conversations, TURNS } from './conversation.ts';
import { inColumns } from './in-columns.ts';
import { inputText, outputText } from './span-row.ts';
import { measure, SPANS_PER_INSERT, type Cost } from './measure.ts';
import type { Place } from './spans-table.ts';
import type { Variant } from './variant.ts';

/**
 * Started by `main.ts`: `npm run bench:content -- [--conversations 300] [--rounds 1]`: what the content of long conversations costs, stored in
 * different ways in the product's own `spans` table. The variants take turns; the fewest CPU of the rounds counts.
 */
const { values } = parseArgs({
  options: { conversations: { type: 'string', default: '300' }, rounds: { type: 'string', default: '1' } },
});
const BLOCK_BYTES = 4 * 1024 * 1024;
const LONG_WINDOW = 'ZSTD(3, 22)';

function variants(place: Place): Variant[] {
  return [
    inColumns(place, 'by trace, also as sent', { byTrace: true, alsoAsSent: true }),
    inColumns(place, 'by trace', { byTrace: true }),
    inColumns(place, 'by trace, ZSTD(3)', { byTrace: true, codec: 'ZSTD(3)' }),
    inColumns(place, 'by trace, 4 MiB blocks', {
      byTrace: true,
      codec: LONG_WINDOW,
      blockBytes: BLOCK_BYTES,
    }),
    inColumns(place, 'as shipped'),
    inColumns(place, 'as shipped, 4 MiB blocks', { codec: LONG_WINDOW, blockBytes: BLOCK_BYTES }),
    byHash(place, 'hashes', { key: 'project', fromCharacters: 0 }),
    byHash(place, 'hashes from 1 KiB', { key: 'project', fromCharacters: 1_024 }),
    byHash(place, 'hashes per conversation', { key: 'conversation', fromCharacters: 0 }),
  ];
}

const directory = mkdtempSync(path.join(tmpdir(), 'tracelore-content-'));
const store = await openStore({ location: { kind: 'embedded', directory } });
try {
  const spans = conversations(Number(values.conversations), 'tracelore', Date.now() - 3_600_000);
  const bytes = spans.reduce(
    (sum, span) =>
      sum + inputText(span).length + outputText(span).length + span.system.length + span.tools.length,
    0,
  );
  console.log(
    `${values.conversations} conversations of ${TURNS} turns beside each other: ${spans.length} spans, of each 4 two are model calls ` +
      `with the history so far;\n${Math.round(bytes / spans.length)} B of content per span, inserted ${SPANS_PER_INSERT} at a time, ` +
      `merged once into one part. Load ${loadavg()[0]?.toFixed(1)}.`,
  );
  const late = spans.find((span) => span.turn === TURNS - 2 && span.kind === 'agent');
  if (late === undefined) throw new Error('no run to read');
  const costs = new Map<string, Cost[]>();
  for (let round = 0; round < Number(values.rounds); round += 1)
    for (const variant of variants(store)) {
      const cost = await measure(store, variant, spans, { traceId: late.traceId, atMs: late.startMs });
      costs.set(variant.name, [...(costs.get(variant.name) ?? []), cost]);
    }
  printTable(
    ['content', 'B/span', 'insert µs', 'of it script', 'merge µs', 'read a run, ms', 'kB', 'rows read'],
    [...costs].map(([name, of]) => row(name, of)),
  );
} finally {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
}

function row(name: string, costs: readonly Cost[]): (string | number)[] {
  const least = (field: keyof Cost): number => minimum(costs.map((cost) => cost[field]));
  return [
    name,
    Math.round(least('bytesPerSpan')),
    Math.round(least('insertUs')),
    Math.round(least('scriptUs')),
    Math.round(least('mergeUs')),
    least('readMs').toFixed(1),
    Math.round(least('readCharacters') / 1_000),
    least('readRows'),
  ];
}
