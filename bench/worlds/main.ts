import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { arenaSection } from './arena/arena-section.ts';
import { controlSection } from './arena/control-section.ts';
import { difficultySection } from './arena/difficulty-section.ts';
import { commitmentTo, placesOf } from './arena/seeds.ts';
import { httpSection } from './http/run-http.ts';
import { Pool } from './pool/pool.ts';
import { rateSection } from './rates.ts';
import type { Section } from './section.ts';

/**
 * `npm run bench:worlds -- [--worlds 30] [--only arena,difficulties,controls,gates,streams,http,service] [--seed final]
 * [--scale 1] [--json file]`: simulated worlds with known truth, spread over a process per core. `--scale` = share of the
 * cycles, streams and requests of gates, streams and service. Everything follows from the seed, however many processes.
 * Figures prove mechanism: no language model is asked.
 *
 * The worlds read the learner's sources, since what they run in process (the learning pass with its stores in memory, the
 * validator, serving) is not published. `http` runs one world of each domain, and `service` the watch, against the service as
 * a process of its own; they run when they are named.
 */
const WORLDS = 30;
/** Most worlds of each difficulty: there are many. */
const DIFFICULTY_WORLDS = 10;
const SEED = 'final';
const SIMULATED = ['gates', 'streams', 'arena', 'controls', 'difficulties'] as const;
const SECTIONS = [...SIMULATED, 'http', 'service'] as const;

const { values } = parseArgs({
  options: {
    worlds: { type: 'string', default: String(WORLDS) },
    only: { type: 'string', default: SIMULATED.join(',') },
    seed: { type: 'string', default: SEED },
    scale: { type: 'string', default: '1' },
    json: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
});
const worlds = Number(values.worlds);
if (!Number.isSafeInteger(worlds) || worlds < 1)
  throw new Error(`--worlds: expected an integer of at least 1, got "${values.worlds}"`);
const only = values.only.split(',');
const unknown = only.filter((name) => !SECTIONS.some((section) => section === name));
if (unknown.length > 0)
  throw new Error(`--only: expected some of ${SECTIONS.join(', ')}, got "${unknown.join(', ')}"`);

const scale = Number(values.scale);
if (!(scale > 0 && scale <= 1))
  throw new Error(`--scale: expected a number in (0, 1], got "${values.scale}"`);

const places = placesOf(worlds, values.seed);
const say = (text: string): void => {
  if (!values.quiet) process.stderr.write(`${text}\n`);
};
const startedAt = performance.now();
console.log(`seed "${values.seed}", ${worlds} worlds, committed to by sha256 ${commitmentTo(places)}`);
console.log(`load ${loadavg()[0]?.toFixed(1)}`);

const { seed } = values;
const pool = new Pool();
const workshop = { pool, say };
const rates = { ...workshop, seed, scale };
const run: Record<(typeof SECTIONS)[number], () => Promise<Section>> = {
  gates: () => rateSection('gates', rates),
  streams: () => rateSection('streams', rates),
  arena: () => arenaSection(places, workshop),
  controls: () => controlSection(places, workshop),
  difficulties: () => difficultySection(places.slice(0, DIFFICULTY_WORLDS), workshop),
  http: () => httpSection(seed, say),
  service: () => rateSection('service', rates),
};
const results: Record<string, Section & { readonly seconds: number }> = {};
try {
  for (const name of SECTIONS) {
    if (!only.includes(name)) continue;
    const since = performance.now();
    const section = await run[name]();
    results[name] = { ...section, seconds: secondsSince(since) };
    console.log(`${name}: ${secondsSince(since).toFixed(0)} s, load ${loadavg()[0]?.toFixed(1)}`);
  }
} finally {
  pool.close();
}

const seconds = secondsSince(startedAt);
console.log(`\n${seconds.toFixed(0)} s, load ${loadavg()[0]?.toFixed(1)}`);
if (values.json !== undefined)
  await writeFile(
    values.json,
    JSON.stringify({ seed, commitment: commitmentTo(places), seconds, ...results }),
  );
console.log('T11: npm run bench:conflicts; T12 over every way in: npm run bench:poison');
const missed = Object.values(results).flatMap(({ findings }) =>
  findings.filter(({ goal }) => goal?.isMet === false),
);
if (missed.length > 0) process.exitCode = 1;

function secondsSince(at: number): number {
  return (performance.now() - at) / 1_000;
}
