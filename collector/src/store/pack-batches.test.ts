import { expect, test } from 'vitest';
import { packBatches, unpackBatches } from './pack-batches.ts';
import { prepareBatches } from './prepare-batches.ts';
import { SPANS } from './tables.ts';
import { sampleLog, sampleOutcome, sampleSpan } from './testing/sample-records.ts';

const DAY = 86_400_000_000_000n;

function packed(): Buffer {
  const first = prepareBatches([
    { spans: [sampleSpan({}), sampleSpan({ startUnixNano: 400n * DAY })], logs: [], outcomes: [] },
  ]);
  const second = prepareBatches([{ spans: [], logs: [sampleLog({})], outcomes: [sampleOutcome({})] }]);
  return Buffer.concat(packBatches([first, second]));
}

test('packed batches come back as they were, in order', () => {
  const [first, second, ...rest] = unpackBatches(packed());
  expect(rest).toEqual([]);
  expect([first?.rows, second?.rows]).toEqual([2, 2]);
  expect(first?.parts.map(({ table, rows }) => [table.name, rows])).toEqual([
    ['spans', 1],
    ['spans', 1],
  ]);
  expect(second?.parts.map(({ table }) => table.name)).toEqual(['outcomes', 'logs']);
  const [fresh] = prepareBatches([{ spans: [sampleSpan({})], logs: [], outcomes: [] }]).parts;
  expect(Buffer.from(first?.parts[0]?.bytes ?? [])).toEqual(Buffer.from(fresh?.bytes ?? []));
});

test('rows of a version without a column keep their columns; a column of another type is refused', () => {
  const bytes = packed();
  const swap = (from: string, to: string): Buffer => {
    const length = bytes.readUInt32LE(0);
    const text = Buffer.from(bytes.toString('utf8', 4, 4 + length).replace(from, to));
    const head = Buffer.alloc(4);
    head.writeUInt32LE(text.length);
    return Buffer.concat([head, text, bytes.subarray(4 + length)]);
  };
  const older = unpackBatches(swap(`"span_id":"${SPANS.columns['span_id']}",`, ''));
  expect(Object.keys(older[0]?.parts[0]?.table.columns ?? {})).not.toContain('span_id');
  expect(() => unpackBatches(swap('"span_id":"String"', '"span_id":"UInt64"'))).toThrow(
    'spans.span_id: it was UInt64 and is String',
  );
  expect(() => unpackBatches(swap('"name":"logs"', '"name":"loogs"'))).toThrow('the table is gone');
});
