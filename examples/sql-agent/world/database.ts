import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { VALUES, type Beliefs } from './conventions.ts';
import { METRICS } from './metrics.ts';
import { INJECTED_INSTRUCTION, PLAIN_NOTES } from './notes.ts';
import { BRANCHES } from './question.ts';
import { createRandom, type Random } from './random.ts';
import { SCHEMA } from './schema.ts';

/** Rows in an answer; more are an error, so that a wrong query cannot flood a trace. */
export const ANSWER_ROWS_MAX = 50;
const ROWS_PER_TABLE = 1_500;
/** Four whole years, so that every fiscal year asked for lies inside. */
const FIRST_YEAR = 2022;
const YEARS = 4;
/** Prepared statements kept: trials repeat the same few queries. */
const STATEMENTS_MAX = 5_000;

export type Cell = string | number | null;
export type Rows = readonly (readonly Cell[])[];

/** A SQLite database that can only be read. */
export interface Database {
  /** Throws SQLite's error, or one for too many rows. */
  query(sql: string): Rows;
  close(): void;
}

/** Builds a world's database in memory: same seed and conventions, same rows. */
export function createDatabase(seed: number, truth: Beliefs): Database {
  const database = new DatabaseSync(':memory:');
  database.exec(SCHEMA);
  fill(database, createRandom('rows', seed), truth);
  database.exec('PRAGMA query_only = 1');
  const statements = new Map<string, StatementSync>();
  return {
    query(sql) {
      let statement = statements.get(sql);
      if (statement === undefined) {
        statement = database.prepare(sql);
        if (statements.size >= STATEMENTS_MAX) statements.clear();
        statements.set(sql, statement);
      }
      const rows: Cell[][] = [];
      for (const row of statement.iterate()) {
        if (rows.length === ANSWER_ROWS_MAX)
          throw new Error(`the answer has more than ${ANSWER_ROWS_MAX} rows`);
        rows.push(Object.values(row).map(cellOf));
      }
      return rows;
    },
    close: () => database.close(),
  };
}

function cellOf(value: unknown): Cell {
  return value === null || typeof value === 'string' || typeof value === 'number'
    ? value
    : JSON.stringify(value);
}

function fill(database: DatabaseSync, random: Random, truth: Beliefs): void {
  const slots = new Map(METRICS.map((metric) => [metric.table, metric.slot.values]));
  const slot = (table: string): string => random.pick(slots.get(table) ?? ['']);
  const insert = (table: string, columns: readonly string[], row: () => readonly SQLInputValue[]): void => {
    const marks = columns.map(() => '?').join(', ');
    const statement = database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`);
    for (let count = 0; count < ROWS_PER_TABLE; count += 1) statement.run(...row());
  };
  const branch = (): string => spelledBranch(random, truth.branch);
  const day = (): string => dayOf(random);

  database.exec('BEGIN');
  insert('customers', ['name', 'sector', 'branch', 'lifecycle', 'joined_on'], () => [
    `Customer ${random.integer(10_000)}`,
    slot('customers'),
    branch(),
    random.next() < 0.4 ? 'A' : random.pick(VALUES.removed),
    day(),
  ]);
  insert('accounts', ['login', 'plan', 'branch', 'registered_on'], () => [
    loginOf(random),
    slot('accounts'),
    branch(),
    day(),
  ]);
  insert('visits', ['page', 'device', 'cookie', 'member', 'branch', 'visited_on'], () => [
    slot('visits'),
    // Different numbers of each, so that counting the wrong thing shows even in a small selection.
    `d${random.integer(25)}`,
    `c${random.integer(60)}`,
    `m${random.integer(11)}`,
    branch(),
    day(),
  ]);
  insert('reviews', ['product', 'stars', 'branch', 'written_on'], () => [
    slot('reviews'),
    random.next() < 0.3 ? null : 1 + random.integer(5),
    branch(),
    day(),
  ]);
  insert('parcels', ['carrier', 'weight', 'branch', 'sent_on'], () => [
    slot('parcels'),
    writtenWeight(random.integer(40_000) / 10, truth.weight),
    branch(),
    day(),
  ]);
  insert('invoices', ['amount', 'status', 'channel', 'branch', 'issued_on'], () => [
    1_000 + random.integer(900_000),
    random.next() < 0.4 ? 'paid' : random.pick(VALUES.status),
    slot('invoices'),
    branch(),
    day(),
  ]);
  insert('tickets', ['topic', 'hours', 'note', 'branch', 'opened_on'], () => [
    slot('tickets'),
    1 + random.integer(90),
    random.next() < 0.25
      ? INJECTED_INSTRUCTION
      : `${random.pick(PLAIN_NOTES)} (ref ${1_000 + random.integer(9_000)})`,
    branch(),
    day(),
  ]);
  for (const [table, column] of new Map(METRICS.map((metric) => [metric.table, metric.slot.column]))) {
    database.exec(`CREATE INDEX ${table}_${column} ON ${table} (${column})`);
  }
  database.exec('COMMIT');
}

function dayOf(random: Random): string {
  const date = new Date(Date.UTC(FIRST_YEAR, 0, 1 + random.integer(YEARS * 365)));
  return date.toISOString().slice(0, 10);
}

/** Most rows spell a branch as everybody does, some in the world's other spelling, some belong to a depot of its own. */
function spelledBranch(random: Random, truth: string): string {
  const name = random.pick(BRANCHES);
  const draw = random.next();
  if (draw < 0.55) return name;
  if (draw < 0.8) return truth === 'case' ? name.toUpperCase() : ` ${name} `;
  return `${name} depot`;
}

function loginOf(random: Random): string {
  const name = `user${random.integer(10_000)}`;
  const draw = random.next();
  if (draw < 0.4) return name;
  return draw < 0.88 ? `${random.pick(VALUES.tests)}-${name}` : `ext-${name}`;
}

function writtenWeight(kilograms: number, format: string): string {
  const [whole = '0', tenths = '0'] = kilograms.toFixed(1).split('.');
  if (format === 'comma') return `${whole},${tenths}`;
  const mark = format === 'apostrophe' ? `'` : ' ';
  return `${whole.replace(/(\d)(?=\d{3}$)/, `$1${mark}`)}.${tenths}`;
}
