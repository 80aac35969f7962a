import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { EVERY_SPAN_FIELD } from './every-field.ts';
import { encodeProtobuf } from './encode-request.ts';
import { FuzzFailure, fuzzKind } from './fuzz-kind.ts';
import { fuzzKinds, type Kind } from './kinds.ts';
import { minimise } from './minimise.ts';
import { compareWithOracle } from './oracle.ts';
import { Random } from './random.ts';

const options = (inputs: number): Parameters<typeof fuzzKind>[1] => ({
  inputs,
  random: new Random(20_261_120),
  goesOn: () => true,
  begins: () => undefined,
  // Other tests run in this process too.
  rssBytesMax: Number.POSITIVE_INFINITY,
});

test.each(fuzzKinds().map((kind) => [kind.name, kind] as const))(
  '%s: decoders accept or refuse whatever comes, and what they accept reads the same in every encoding',
  async (_name, kind) => {
    const report = await fuzzKind(kind, options(2_000));
    expect(report.executions).toBeGreaterThanOrEqual(2_000);
    expect(report.accepted).toBeGreaterThan(20);
    expect(report.executions - report.accepted).toBeGreaterThan(20);
  },
  30_000,
);

/** A reader that fails at a byte that only a changed input has. */
const FRAIL: Kind = {
  name: 'frail',
  seeds: () => [Buffer.from('abcdef')],
  mutate: (random, known) => Buffer.concat([random.pick(known), Buffer.from([random.below(256)])]),
  run: (input) => {
    if (input.includes(0xff)) throw new RangeError('found it');
    return true;
  },
};

test('an input that breaks a property ends the run and is made shorter', async () => {
  const failure = await fuzzKind(FRAIL, options(100_000)).catch((error: unknown) => error);
  if (!(failure instanceof FuzzFailure)) throw new Error('expected a failure');
  expect(failure.message).toContain('found it');
  const shortest = await minimise(failure.input, (candidate) => Promise.resolve(candidate.includes(0xff)));
  expect([...shortest]).toEqual([0xff]);
});

test('the same seed makes the same inputs', () => {
  const [first, second] = [0, 0].map(() => {
    const [kind] = fuzzKinds();
    const random = new Random(5);
    return Array.from({ length: 50 }, () => kind?.mutate(random, kind.seeds()).toString('hex'));
  });
  expect(first).toEqual(second);
});

test('another implementation that reads something else is noticed', () => {
  const bytes = encodeProtobuf([EVERY_SPAN_FIELD]);
  const read = { items: [EVERY_SPAN_FIELD], rejected: [], warnings: [] };
  expect(compareWithOracle('traces', bytes, read)).toBeUndefined();
  const other = { ...read, items: [{ ...EVERY_SPAN_FIELD, flags: 1 }] };
  expect(compareWithOracle('traces', bytes, other)).toContain('values differ');
  expect(compareWithOracle('traces', bytes, 'broken')).toContain('the other one accepts');
  expect(compareWithOracle('traces', bytes.subarray(0, -1), { ...read, items: [] })).toContain(
    'the other one says',
  );
});
