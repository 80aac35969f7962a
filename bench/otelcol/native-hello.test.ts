import { expect, test } from 'vitest';
import { nativeHello } from './native-hello.ts';

/** Reads what the Go client reads: block info, numbers of columns and rows, then per column name, type, marker, value. */
test('the hello is one row of four columns that reports revision 0', () => {
  const bytes = nativeHello('26.7.2.1');
  let at = 0;
  const byte = (): number => bytes[at++] ?? -1;
  const text = (): string => {
    const length = byte();
    return bytes.toString('utf8', at, (at += length));
  };
  expect([byte(), byte(), byte()]).toEqual([1, 0, 2]);
  expect(bytes.readInt32LE(at)).toBe(-1);
  at += 4;
  expect([byte(), byte(), byte()]).toEqual([0, 4, 1]);
  const column = (): [string, string, number] => [text(), text(), byte()];
  expect([column(), text()]).toEqual([['displayName()', 'String', 0], 'tracelore-bench']);
  expect([column(), text()]).toEqual([['version()', 'String', 0], '26.7.2.1']);
  expect(column()).toEqual(['revision()', 'UInt32', 0]);
  expect(bytes.readUInt32LE(at)).toBe(0);
  at += 4;
  expect([column(), text()]).toEqual([['timezone()', 'String', 0], 'UTC']);
  expect(at).toBe(bytes.length);
});
