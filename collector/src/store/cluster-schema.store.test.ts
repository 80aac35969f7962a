import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterForm, LOCAL_SUFFIX, shardKeyOf } from './cluster-schema.ts';
import { loadMigrations, statementsOf } from './migrations.ts';
import { openTemporaryStore, type TemporaryStore } from './testing/temporary-store.ts';

const CLUSTER = 'traces-prod';
const MIGRATIONS = [
  ...loadMigrations(new URL('schema/', import.meta.url)),
  ...loadMigrations(new URL('../../../learner/src/store/schema/', import.meta.url)),
];
const STATEMENTS = MIGRATIONS.flatMap((migration) => statementsOf(migration, 'tracelore', CLUSTER));

let temporary: TemporaryStore;
beforeAll(async () => {
  temporary = await openTemporaryStore();
});
afterAll(async () => await temporary.remove());

/** Parses only: there is no cluster here. */
async function parse(statement: string): Promise<string> {
  const lines = await temporary.store.driver.query<{ explain: string }>(`EXPLAIN AST ${statement}`);
  return lines.map(({ explain }) => explain).join('\n');
}

test.each(STATEMENTS.map((statement) => [statement.split('\n')[0], statement] as const))(
  'the engine parses %s',
  async (_, statement) => {
    await parse(statement);
    expect(statement).toContain(`ON CLUSTER '${CLUSTER}'`);
    expect(statement).not.toContain('{database}');
    expect(statement).not.toContain('non_replicated_deduplication_window');
  },
);

test('a wrong word in such a statement would be found', async () => {
  await expect(
    parse(`CREATE TABLE a.b ON CLUSTR 'c' (x UInt8) ENGINE = MergeTree ORDER BY x`),
  ).rejects.toMatchObject({
    message: expect.stringContaining('Syntax error'),
  });
});

test('every table is replicated on its shard, with a window for tokens, and stands under its name over all of them', () => {
  const creates = STATEMENTS.filter((statement) => statement.startsWith('CREATE TABLE'));
  const local = creates.filter((statement) =>
    /^CREATE TABLE IF NOT EXISTS tracelore\.\w+_local /.test(statement),
  );
  const over = creates.filter((statement) => !local.includes(statement));
  expect(local.length).toBeGreaterThan(15);
  expect(over).toHaveLength(local.length);
  for (const statement of local) {
    expect(statement).toMatch(
      /ENGINE = Replicated\w*MergeTree\('\/clickhouse\/tables\/\{shard\}\/tracelore\/\w+_local', '\{replica\}'[^)]*\)/,
    );
    expect(statement).toMatch(/\breplicated_deduplication_window = \d+/);
  }
  for (const statement of over)
    expect(statement).toMatch(/ENGINE = Distributed\('traces-prod', 'tracelore', '\w+_local', /);
});

test('versions of an engine stay, after place and replica', () => {
  expect(
    clusterForm(
      'CREATE TABLE IF NOT EXISTS {database}.t (a UInt8, v UInt8) ENGINE = ReplacingMergeTree(v, d) ORDER BY a',
      'c',
    )[0],
  ).toContain(
    `ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/t_local', '{replica}', v, d)`,
  );
});

test('views that fill look-ups read and write the tables of their own shard', () => {
  const views = STATEMENTS.filter((statement) => statement.startsWith('CREATE MATERIALIZED VIEW'));
  expect(views.length).toBeGreaterThan(0);
  for (const view of views) {
    const tables = [...view.matchAll(/(?:\bTO|\bFROM) tracelore\.(\w+)/g)].map(([, table]) => table ?? '');
    expect(tables).toHaveLength(2);
    expect(tables.filter((table) => !table.endsWith(LOCAL_SUFFIX))).toEqual([]);
  }
});

test('rows that replace each other lie on one shard: the shard follows from the sorting key', async () => {
  const { driver, database } = temporary.store;
  const tables = await driver.query<{ name: string; engine: string; sorting_key: string }>(
    `SELECT name, engine, sorting_key FROM system.tables WHERE database = {database: String} AND engine LIKE '%MergeTree'`,
    { parameters: { database } },
  );
  const wrong = tables.filter(({ name, engine, sorting_key: key }) => {
    const columns = [...shardKeyOf(name).matchAll(/\b(?!cityHash64|if|toString)[a-z_]+\b/g)].map(
      ([column]) => column,
    );
    return engine !== 'MergeTree' && columns.some((column) => !key.split(', ').includes(column));
  });
  expect(tables.length).toBeGreaterThan(8);
  expect(wrong).toEqual([]);
});

test('the shard keys are expressions over the columns of their tables', async () => {
  const { driver, database } = temporary.store;
  for (const table of ['spans', 'logs', 'runs', 'id_times', 'outcomes', 'analyses', 'schema_migrations'])
    await driver.query(`SELECT ${shardKeyOf(table)} % 3 AS shard FROM ${database}.${table}`);
  expect(shardKeyOf('decisions')).toBe('cityHash64(project)');
});

test('columns are added to both tables, what is only on disk to the local one', () => {
  const column = 'ALTER TABLE {database}.spans ADD COLUMN IF NOT EXISTS x UInt8 AFTER name';
  expect(clusterForm(column, 'c').map((statement) => statement.split(' ADD')[0])).toEqual([
    `ALTER TABLE {database}.spans_local ON CLUSTER 'c'`,
    `ALTER TABLE {database}.spans ON CLUSTER 'c'`,
  ]);
  const index = 'ALTER TABLE {database}.spans ADD INDEX IF NOT EXISTS i name TYPE minmax';
  expect(clusterForm(index, 'c')).toHaveLength(1);
  expect(
    clusterForm('ALTER TABLE {database}.spans MODIFY SETTING non_replicated_deduplication_window = 5', 'c'),
  ).toEqual([
    `ALTER TABLE {database}.spans_local ON CLUSTER 'c' MODIFY SETTING replicated_deduplication_window = 5`,
  ]);
});

test.each(['a b', `a'b`, '', '1x', 'x'.repeat(65)])('%j is no name of a cluster', (name) => {
  expect(() => clusterForm('DROP VIEW IF EXISTS {database}.v', name)).toThrow('not a cluster name');
});

test('a statement of an unknown kind is refused', () => {
  expect(() => clusterForm('CREATE DICTIONARY {database}.d (x UInt8)', 'c')).toThrow('no form for a cluster');
});
