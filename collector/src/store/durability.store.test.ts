import { afterAll, expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { openStore } from './open-store.ts';

const directory = await temporaryDirectory('durability');
afterAll(() => directory.remove());

/** What a table gets that names nothing itself. */
async function fsyncs(durability: 'process' | 'power'): Promise<unknown> {
  const store = await openStore({ location: { kind: 'embedded', directory: directory.path, durability } });
  const settings = await store.driver.query(
    `SELECT name, value FROM system.merge_tree_settings WHERE name IN ('fsync_after_insert', 'fsync_part_directory') ORDER BY name`,
  );
  await store.close();
  return settings;
}

test('with durability power every table waits for the disk', async () => {
  const both = (value: string): object[] => [
    { name: 'fsync_after_insert', value },
    { name: 'fsync_part_directory', value },
  ];
  expect(await fsyncs('power')).toEqual(both('1'));
});
