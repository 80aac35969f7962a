import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { indexWords, useTextIndex, type Store } from '@tracelore/collector/store';
import { startProgram } from '../child-process.ts';
import { printTable } from '../sample.ts';
import { fill, type Filling, PROJECT } from './fill.ts';
import { LARGE_RUN_QUESTIONS, LARGE_RUN_WHOLE, storeLargeRun } from './large-run.ts';
import { openMeasuredStore, type Cost, type Question } from './measured-store.ts';
import { panels } from './panels.ts';
import { questions } from './questions.ts';
import { measureVisibility } from './visible.ts';

/**
 * `npm run bench:queries`: what questions cost on ten million spans. `--spans` fewer, `--keep` a directory that is filled once
 * and used again, `--text-index` the same with the exact index of words, `--repeats`, `--only` part of a title.
 * `--visible 250,1000,3000` asks instead how long written runs take to be seen at so many spans per second, each rate for
 * `--seconds`, until 99 of 100 were not there within 2 s, in the list or by id; the exit code says whether all were.
 */
const SPANS_PER_RUN = 10;
const DAYS_AT_FULL_SIZE = 30;
const FULL_SIZE = 10_000_000;
const MIB = 1024 ** 2;

const { values: options } = parseArgs({
  options: {
    spans: { type: 'string', default: String(FULL_SIZE) },
    keep: { type: 'string' },
    'text-index': { type: 'boolean', default: false },
    repeats: { type: 'string', default: '20' },
    only: { type: 'string', default: '' },
    visible: { type: 'string' },
    seconds: { type: 'string', default: '60' },
  },
});

// The engine needs more threads than Node has by default, which has to be known when Node starts.
if (process.env['UV_THREADPOOL_SIZE'] === undefined) {
  const [code] = await once(startProgram(new URL(import.meta.url), process.argv.slice(2)), 'exit');
  process.exitCode = Number(code);
} else if (options.visible === undefined) await measureQueries();
else
  process.exitCode = (await isSeenAtAll(options.visible.split(',').map(Number), Number(options.seconds)))
    ? 0
    : 1;

/** One rate after the other, lowest first. */
async function isSeenAtAll(rates: readonly number[], seconds: number): Promise<boolean> {
  for (const rate of rates.toSorted((a, b) => a - b))
    if (!(await measureVisibility(rate, seconds))) return false;
  return true;
}

async function measureQueries(): Promise<void> {
  const directory = options.keep ?? mkdtempSync(path.join(tmpdir(), 'tracelore-queries-'));
  const measured = await openMeasuredStore(directory);
  const { store } = measured;
  try {
    const filling = await filled(store, Number(options.spans));
    await withFinishedDays(store);
    if (options['text-index']) await withTextIndex(store);
    await printSizes(store);
    await storeLargeRun(store);
    const isAsked = ({ title }: Question): boolean => title.includes(options.only);
    const asked = [...questions(filling), ...LARGE_RUN_QUESTIONS, ...panels(filling)].filter(isAsked);
    const costs: Cost[] = [];
    for (const question of asked) costs.push(await measured.measure(question, Number(options.repeats)));
    if (isAsked(LARGE_RUN_WHOLE)) costs.push(await measured.measure(LARGE_RUN_WHOLE, 1));
    printCosts(costs);
  } finally {
    await store.close();
    if (options.keep === undefined) rmSync(directory, { recursive: true, force: true });
  }
}

/** Fills the store unless it holds a filling of this size. The newest run started when it was filled. */
async function filled(target: Store, spans: number): Promise<Filling> {
  const [there] = await target.driver.query<{ runs: string; endMs: string }>(
    `SELECT count() AS runs, toUnixTimestamp64Milli(max(start_time)) AS endMs FROM ${target.database}.runs WHERE project = '${PROJECT}'`,
  );
  const runs = Math.floor(spans / SPANS_PER_RUN);
  const days = (DAYS_AT_FULL_SIZE * spans) / FULL_SIZE;
  if (Number(there?.runs) === runs) return { runs, days, endMs: Number(there?.endMs) };
  const filling = { runs, days, endMs: Date.now() };
  const began = stopwatch();
  await fill(target, filling, (done) => {
    if (done % 100_000 === 0) console.log(`${done} runs of ${runs}, ${began()}`);
  });
  await merged(target);
  console.log(`filled and merged: ${began()}`);
  return filling;
}

/** As the service does it once a day is over. */
async function withFinishedDays(target: Store): Promise<void> {
  const indexing = stopwatch();
  let days = 0;
  for (let more = -1; more !== 0; days += more) {
    more = await indexWords(target.driver, target.database, Date.now(), 0);
  }
  console.log(`words of ${days} finished days indexed: ${indexing()}\n`);
}

async function withTextIndex(target: Store): Promise<void> {
  const indexing = stopwatch();
  await useTextIndex(target.driver, target.database, true);
  await mutated(target);
  console.log(`text index built: ${indexing()}`);
}

/** Wall and CPU time since then. */
function stopwatch(): () => string {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return `${((user + system) / 1e6).toFixed(0)} s of CPU, ${((performance.now() - begin) / 1e3).toFixed(0)} s`;
  };
}

async function merged(target: Store): Promise<void> {
  await untilNone(target, `SELECT count() AS n FROM system.merges`);
}

async function mutated(target: Store): Promise<void> {
  await untilNone(target, `SELECT count() AS n FROM system.mutations WHERE NOT is_done`);
}

async function untilNone(target: Store, sql: string): Promise<void> {
  const rounds = 36_000;
  for (let round = 0; round < rounds; round += 1) {
    const [open] = await target.driver.query<{ n: string }>(sql);
    if (Number(open?.n) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('merges or mutations are still under way after an hour');
}

async function printSizes(target: Store): Promise<void> {
  const sizes = await target.driver.query<Record<'table' | 'rows' | 'parts' | 'disk' | 'data', string>>(
    `SELECT table, sum(rows) AS rows, count() AS parts, sum(bytes_on_disk) AS disk, sum(data_uncompressed_bytes) AS data
     FROM system.parts WHERE database = {database: String} AND active GROUP BY table HAVING rows > 1000 ORDER BY disk DESC`,
    { parameters: { database: target.database } },
  );
  printTable(
    ['table', 'rows', 'parts', 'MiB on disk', 'MiB of data'],
    sizes.map((one) => [one.table, one.rows, one.parts, mib(one.disk), mib(one.data)]),
  );
  const indexes = await target.driver.query<Record<'table' | 'name' | 'disk', string>>(
    `SELECT table, name, data_compressed_bytes AS disk FROM system.data_skipping_indices
     WHERE database = {database: String} AND disk > 0 ORDER BY table, name`,
    { parameters: { database: target.database } },
  );
  console.log();
  printTable(
    ['index', 'MiB'],
    indexes.map((one) => [`${one.table}.${one.name}`, mib(one.disk)]),
  );
  console.log();
}

function mib(bytes: string | number): string {
  return (Number(bytes) / MIB).toFixed(1);
}

function printCosts(costs: readonly Cost[]): void {
  printTable(
    ['question', 'target', 'p50 ms', 'p99 ms', 'CPU ms', 'rows read', 'MiB read', 'peak MiB', 'results'],
    costs.map((cost) => [
      cost.title,
      cost.targetMs === undefined ? '' : `< ${cost.targetMs}`,
      cost.p50Ms.toFixed(0),
      cost.p99Ms.toFixed(0),
      cost.cpuMs.toFixed(0),
      cost.rowsRead,
      mib(cost.bytesRead),
      mib(cost.peakBytes),
      cost.results,
    ]),
  );
  console.log(
    `\nload ${loadavg()
      .map((one) => one.toFixed(1))
      .join(' ')}`,
  );
}
