import { afterAll, describe, expect, test } from 'vitest';
import { Refusal } from '../errors.ts';
import { fuzzKinds } from '../testing/fuzz/kinds.ts';
import { attempt, decode } from '../testing/fuzz/properties.ts';
import { Random } from '../testing/fuzz/random.ts';
import { readSeeds } from '../testing/fuzz/seeds.ts';
import { Protoc, PROTOC_MISSING } from '../testing/protoc.ts';

/** Changed requests per signal. */
const INPUTS = 60;
/** What protoc refuses and we keep: a text that is not UTF-8 costs no request here; limits of nesting differ. */
const STATED = /UTF-8/;

describe.skipIf(PROTOC_MISSING !== undefined)(
  PROTOC_MISSING ?? 'requests are read as protoc reads them',
  () => {
    const protoc = PROTOC_MISSING === undefined ? new Protoc() : undefined;
    afterAll(() => protoc?.close());

    test.each(['traces', 'logs'] as const)('%s', { timeout: 60_000 }, (signal) => {
      const kind = fuzzKinds().find(({ name }) => name === `protobuf-${signal}`);
      const seeds = readSeeds(signal, 'protobuf');
      const random = new Random(1);
      const inputs = [...seeds, ...Array.from({ length: INPUTS }, () => kind?.mutate(random, seeds))];
      let compared = 0;
      for (const input of inputs) {
        const theirs = input && protoc?.read(signal, input);
        if (input === undefined || theirs === undefined) continue;
        const ours = attempt(() => decode(signal, 'protobuf', input));
        const where = input.toString('hex');
        if ('refused' in theirs) {
          if (!STATED.test(theirs.refused))
            expect({ where, ours }).toEqual({ where, ours: expect.any(Refusal) });
          continue;
        }
        if (ours instanceof Refusal && ours.message.includes('nested deeper')) continue;
        expect({ where, ours }).toEqual({ where, ours: expect.not.objectContaining({ name: 'Refusal' }) });
        if (ours instanceof Refusal) continue;
        const again = attempt(() => decode(signal, 'protobuf', theirs.plain));
        expect({ where, again }).toEqual({ where, again: ours });
        compared += 1;
      }
      expect(compared).toBeGreaterThan(20);
    });
  },
);
