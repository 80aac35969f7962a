import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { captureJson, captureText, truncateText } from './capture.ts';
import { TRUNCATION_MARK } from './contract/attributes.ts';

describe('truncateText', () => {
  it('keeps text within the limit as it is and cuts the rest to valid UTF-8 within the limit', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.integer({ min: 20, max: 300 }),
        (text, limit) => {
          const cut = truncateText(text, limit);
          expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(limit);
          const fits = Buffer.byteLength(text) <= limit;
          expect(text.startsWith(fits ? cut : cut.slice(0, -TRUNCATION_MARK.length))).toBe(true);
          expect(cut === text).toBe(fits);
        },
      ),
    );
  });
});

describe('captureJson', () => {
  it('is the JSON of any JSON value within the limits', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(captureJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('stays parseable and within the limit whatever the value', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withMap: true, withSet: true, withTypedArray: true }),
        (value) => {
          const json = captureJson(value, 512);
          expect(Buffer.byteLength(json)).toBeLessThanOrEqual(512);
          expect(() => JSON.parse(json)).not.toThrow();
        },
      ),
    );
  });

  it.each([
    ['bigint', 12n, '"12"'],
    ['not a number', Number.NaN, '"NaN"'],
    ['date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['map', new Map([['a', 1]]), '[["a",1]]'],
    ['bytes', new Uint8Array(3), '"[Uint8Array 3 bytes]"'],
    ['function', function named() {}, '"[Function named]"'],
    ['error', new TypeError('bad'), '{"name":"TypeError","message":"bad"}'],
    ['own __proto__ key', JSON.parse('{"__proto__":{"x":1}}'), '{"__proto__":{"x":1}}'],
  ])('writes a %s', (_name, value, json) => {
    expect(captureJson(value)).toBe(json);
  });

  it('survives cycles, throwing getters and throwing toJSON', () => {
    const cyclic: Record<string, unknown> = { a: 1 };
    cyclic['self'] = cyclic;
    const hostile = {
      get bad(): string {
        throw new Error('no');
      },
      good: 1,
    };
    const worse = {
      toJSON(): string {
        throw new Error('never');
      },
    };
    expect(captureJson(cyclic)).toBe('{"a":1,"self":"[Circular]"}');
    expect(captureJson(hostile)).toBe('{"bad":"[Getter threw: no]","good":1}');
    expect(captureJson(worse)).toBe('"[Unreadable: never]"');
  });

  it('cuts inside texts, so that a cut document is still JSON', () => {
    const json = captureJson([{ role: 'user', content: 'x'.repeat(10_000) }], 1_000);
    const parsed: unknown = JSON.parse(json);
    expect(parsed).toMatchObject([{ role: 'user', content: expect.stringContaining(TRUNCATION_MARK) }]);
  });

  it('keeps to the limit when escapes lengthen the text', () => {
    const json = captureText({ text: '\u0000'.repeat(5_000) }, 4_000);
    expect(Buffer.byteLength(json)).toBeLessThanOrEqual(4_000);
    expect(() => JSON.parse(json)).not.toThrow();
  });
});
