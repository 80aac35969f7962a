import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { clusterForm } from './cluster-schema.ts';
import { checkedDatabase } from './database-name.ts';
import type { SqlDriver } from './driver.ts';
import { encodeRows, type Table } from './encode-rows.ts';
import { StoreError } from './store-error.ts';

/** One numbered schema file. `sql` may hold several statements, each ended by `;` at the end of a line. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

const FILE = /^(\d{3})_([a-z0-9_]+)\.sql$/;

/** Reads `NNN_name.sql` files of a folder in order of their numbers, which must be 1, 2, 3, …. */
export function loadMigrations(directory: URL): Migration[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.sql'));
  const migrations = names.map((name) => {
    const [, number, title] = FILE.exec(name) ?? [];
    if (number === undefined || title === undefined) {
      throw new StoreError('migration', `${name}: expected a name like 001_spans.sql`);
    }
    return { number: Number(number), name: title, sql: readFileSync(new URL(name, directory), 'utf8') };
  });
  migrations.sort((a, b) => a.number - b.number);
  migrations.forEach(({ number, name }, index) => {
    if (number !== index + 1) {
      throw new StoreError(
        'migration',
        `${name}: expected number ${index + 1}, got ${number} in ${directory.pathname}`,
      );
    }
  });
  return migrations;
}

/**
 * The statements of a migration for one database, on one server or in their form for a cluster; comment lines are left out.
 * @throws StoreError `migration` for a statement that cannot be run again
 */
export function statementsOf(migration: Migration, database: string, cluster?: string): string[] {
  const checked = checkedDatabase(database);
  return migration.sql
    .replaceAll(/^\s*--.*$/gm, '')
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
    .map((statement) => repeatable(statement, migration))
    .flatMap((statement) => (cluster === undefined ? [statement] : clusterForm(statement, cluster)))
    .map((statement) => statement.replaceAll('{database}', checked));
}

/**
 * What changes nothing when it is run a second time. On this rests that a run can be killed anywhere, and that two processes
 * may migrate one server at the same time: ClickHouse has no lock that they could take.
 */
const REPEATABLE = [
  /^CREATE\s+(?:TABLE|VIEW|MATERIALIZED\s+VIEW)\s+IF\s+NOT\s+EXISTS\b/i,
  /^DROP\s+(?:TABLE|VIEW)\s+IF\s+EXISTS\b/i,
  /^ALTER\s+TABLE\s/i,
];
const ALTER_CLAUSE =
  /\b(?:ADD|DROP|CLEAR|RENAME)\s+(?:COLUMN|INDEX|PROJECTION|CONSTRAINT)\b(?!\s+IF\s+(?:NOT\s+)?EXISTS\b)/i;
const ALTER_KNOWN =
  /\b(?:ADD|DROP|MODIFY|RESET|MATERIALIZE)\s+(?:COLUMN|INDEX|PROJECTION|CONSTRAINT|SETTING|TTL|COMMENT|QUERY)\b/i;
const SHOWN_CHARACTERS = 80;

function repeatable(statement: string, { number, name }: Migration): string {
  const known = REPEATABLE.some((form) => form.test(statement));
  const isAlter = /^ALTER\s/i.test(statement);
  if (known && (!isAlter || (ALTER_KNOWN.test(statement) && !ALTER_CLAUSE.test(statement)))) return statement;
  throw new StoreError(
    'migration',
    `schema file ${number} (${name}): expected only statements that can be run twice (IF NOT EXISTS, IF EXISTS), got ` +
      statement.slice(0, SHOWN_CHARACTERS),
  );
}

function schemaMigrations(database: string): Table {
  return {
    name: `${database}.schema_migrations`,
    columns: {
      package: 'LowCardinality(String)',
      number: 'UInt16',
      name: 'String',
      checksum: 'String',
      applied_at: "DateTime64(3, 'UTC')",
    },
  };
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

interface MigrateOptions {
  readonly database: string;
  readonly package: string;
  readonly migrations: readonly Migration[];
}

/**
 * Brings a database to the newest schema of one package. Applied files are recorded with their checksum; running again
 * does nothing. Killed anywhere, it is continued by the next run. Several processes may run it at the same time: their
 * statements change nothing the second time, and each file is recorded once.
 * @throws StoreError `migration` when an applied file has changed, or a statement cannot be run twice; `newer_database` when
 * the database knows files that this program does not.
 */
export async function migrate(driver: SqlDriver, options: MigrateOptions): Promise<void> {
  const table = schemaMigrations(checkedDatabase(options.database));
  // All of them first: what is wrong in the last file must not leave the others applied.
  const files = options.migrations.map((migration) => ({
    migration,
    checksum: checksumOf(migration),
    statements: statementsOf(migration, options.database, driver.cluster),
  }));
  await createLedger(driver, table, options.database);
  const before = await readLedger(driver, table, options);
  for (const { migration, checksum, statements } of files) {
    if (before.has(migration.number)) continue;
    for (const statement of statements) await driver.command(statement);
    const row = {
      package: options.package,
      number: migration.number,
      name: migration.name,
      checksum,
      applied_at: new Date(),
    };
    await driver.insert(
      encodeRows(table, [row], `migration:${options.package}:${migration.number}:${checksum}`),
    );
  }
  // Another version may have worked at the same time.
  await readLedger(driver, table, options);
}

/** Files that were applied, all of which this program knows in the same form. */
async function readLedger(
  driver: SqlDriver,
  table: Table,
  { package: packageName, migrations }: MigrateOptions,
): Promise<Set<number>> {
  const applied = await driver.query<Applied>(
    `SELECT number, name, checksum FROM ${table.name} WHERE package = {package: String} ORDER BY number`,
    { parameters: { package: packageName } },
  );
  const newest = applied.at(-1);
  if (newest !== undefined && newest.number > migrations.length)
    throw new StoreError(
      'newer_database',
      `the database has schema ${newest.number} (${newest.name}) of ${packageName}, this program knows ` +
        `${migrations.length}: use the newer program, or another database`,
    );
  for (const { number, checksum } of applied) {
    const migration = migrations[number - 1];
    if (migration !== undefined && checksumOf(migration) !== checksum) throw changed(migration, packageName);
  }
  return new Set(applied.map(({ number }) => number));
}

async function createLedger(driver: SqlDriver, table: Table, database: string): Promise<void> {
  const [found] = await driver.query<{ engine: string }>(
    `SELECT engine FROM system.tables WHERE database = {database: String} AND name = 'schema_migrations'`,
    { parameters: { database } },
  );
  if (found !== undefined) {
    const isDistributed = found.engine === 'Distributed';
    if (isDistributed === (driver.cluster !== undefined)) return;
    throw new StoreError(
      'migration',
      isDistributed
        ? `database ${database} was made for a cluster: name the cluster, so that its tables are used as they are`
        : `database ${database} was made on one server and cannot become one of cluster ${driver.cluster}: use another ` +
            `database and bring the data over with a backup or an export`,
    );
  }
  const columns = Object.entries(table.columns).map(([name, type]) => `${name} ${type}`);
  const ledger: Migration = {
    number: 0,
    name: 'ledger',
    sql:
      `CREATE TABLE IF NOT EXISTS {database}.schema_migrations (${columns.join(', ')})\n` +
      `ENGINE = MergeTree ORDER BY (package, number) SETTINGS non_replicated_deduplication_window = 1000`,
  };
  for (const statement of statementsOf(ledger, database, driver.cluster)) await driver.command(statement);
}

function changed(migration: Migration, packageName: string): StoreError {
  return new StoreError(
    'migration',
    `schema file ${migration.number} (${migration.name}) of ${packageName} was applied in another form: add a new ` +
      `numbered file instead of changing an applied one`,
  );
}

function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}
