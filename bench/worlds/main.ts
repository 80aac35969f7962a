import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import {
  arenaSection,
  controlSection,
  difficultySection,
  httpSection,
  type Section,
} from './arena/sections.ts';
import { commitmentTo, placesOf } from './arena/seeds.ts';
import { rateSection } from './rates.ts';

/**
 * `npm run bench:worlds -- [--worlds 30] [--only arena,difficulties,controls,http,gates,streams,service] [--seed final]
 * [--scale 1] [--json file]`: simulated worlds with known truth. `--scale` = share of the cycles, streams and requests of
 * the last three. Everything follows from the seed. Figures prove mechanism: no language model is asked.
 *
 * The worlds read the learner's sources, since what they run in process (the learning pass with its stores in memory, the
 * validator, serving) is not published. `http` runs one world of each domain against the service as a process of its own.
 */
const WORLDS = 30;
const SEED = 'final';
const SECTIONS = ['arena', 'difficulties', 'controls', 'http', 'gates', 'streams', 'service'] as const;

const { values } = parseArgs({
  options: {
    worlds: { type: 'string', default: String(WORLDS) },
    only: { type: 'string', default: SECTIONS.join(',') },
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

const run: Record<(typeof SECTIONS)[number], () => Promise<Section>> = {
  arena: () => arenaSection(places, say),
  difficulties: () => difficultySection(places, say),
  controls: () => controlSection(places, say),
  http: () => httpSection(values.seed, say),
  gates: () => rateSection('gates', { seed: values.seed, say, scale }),
  streams: () => rateSection('streams', { seed: values.seed, say, scale }),
  service: () => rateSection('service', { seed: values.seed, say, scale }),
};
const results: Record<string, Section> = {};
for (const name of SECTIONS) if (only.includes(name)) results[name] = await run[name]();

const seconds = (performance.now() - startedAt) / 1_000;
console.log(`\n${seconds.toFixed(0)} s, load ${loadavg()[0]?.toFixed(1)}`);
if (values.json !== undefined)
  await writeFile(
    values.json,
    JSON.stringify({ seed: values.seed, commitment: commitmentTo(places), seconds, ...results }),
  );
const missed = Object.values(results).flatMap(({ findings }) =>
  findings.filter(({ goal }) => goal?.isMet === false),
);
if (missed.length > 0) process.exitCode = 1;
