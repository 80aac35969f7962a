import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { FuzzFailure, fuzzKind, type KindReport } from './fuzz-kind.ts';
import { HangWatch } from './hang-watch.ts';
import { fuzzKinds, type Kind } from './kinds.ts';
import { minimise } from './minimise.ts';
import { Random } from './random.ts';

/** Resident memory that the process may reach, bytes. */
const RSS_BYTES_MAX = 805_306_368;

const USAGE = `npm run fuzz -- [options]
  --inputs N        inputs of all kinds together (default 10000000)
  --seconds N       stop after this time
  --seed N          the same seed makes the same inputs (default: drawn and printed)
  --only NAME       only kinds whose name contains this: protobuf, json, traces, logs, inflate
  --seeds DIR       further requests to start from: .pb and .json files, also with .gz
  --failures DIR    where inputs are written for which a property does not hold (default: the temporary directory)
`;

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000000' },
    seconds: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    only: { type: 'string', default: '' },
    seeds: { type: 'string' },
    failures: { type: 'string', default: path.join(tmpdir(), 'tracelore-fuzz') },
    help: { type: 'boolean', default: false },
  },
});

const [inputs, seconds, seed] = [Number(values.inputs), Number(values.seconds), Number(values.seed)];
const kinds = fuzzKinds(values.seeds).filter(({ name }) => name.includes(values.only));
if (values.help || !(inputs > 0) || !(seconds > 0) || !Number.isInteger(seed) || kinds.length === 0) {
  process.stdout.write(USAGE);
  process.exit(values.help ? 0 : 2);
}
/** Ctrl-C ends the run with its report; a second one ends it at once. */
let isEnding = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    isEnding = true;
  });
process.exitCode = (await fuzz()) ? 0 : 1;

async function fuzz(): Promise<boolean> {
  process.stdout.write(`seed ${seed}, ${inputs} inputs of ${kinds.map(({ name }) => name).join(', ')}\n`);
  const watch = new HangWatch(values.failures);
  const endAt = performance.now() + seconds * 1_000;
  const reports: KindReport[] = [];
  try {
    for (const [index, kind] of kinds.entries()) {
      const kindEndAt = performance.now() + (endAt - performance.now()) / (kinds.length - index);
      const report = await fuzzKind(kind, {
        inputs: Math.ceil(inputs / kinds.length),
        random: new Random(seed + index),
        goesOn: () => !isEnding && performance.now() < kindEndAt,
        rssBytesMax: RSS_BYTES_MAX,
        onRound: ({ executions }) => process.stdout.write(`  ${kind.name}: ${executions}\n`),
        begins: (name, input) => watch.begins(name, input),
      });
      reports.push(report);
      process.stdout.write(lineOf(report));
    }
  } catch (error) {
    await watch.stop();
    if (!(error instanceof FuzzFailure)) throw error;
    await tell(error);
    return false;
  }
  await watch.stop();
  const executions = reports.reduce((sum, report) => sum + report.executions, 0);
  const peak = Math.max(...reports.map((report) => report.rssBytesPeak));
  const slowest = Math.max(...reports.map((report) => report.slowestMs));
  process.stdout.write(
    `${executions} inputs: every property held; slowest ${slowest.toFixed(1)} ms; memory at most ${mib(peak)} MiB (limit ${mib(RSS_BYTES_MAX)})\n`,
  );
  return true;
}

function lineOf(report: KindReport): string {
  const accepted = Math.round((100 * report.accepted) / report.executions);
  const perSecond = Math.round(report.executions / report.seconds);
  return `${report.kind.padEnd(16)} ${report.executions} inputs, ${accepted} % accepted, ${report.ways} ways, ${report.corpus} kept, slowest ${report.slowestMs.toFixed(1)} ms, ${perSecond}/s, memory ${mib(report.rssBytesPeak)} MiB\n`;
}

function mib(bytes: number): number {
  return Math.round(bytes / 1_048_576);
}

async function tell(failure: FuzzFailure): Promise<void> {
  const kind = kinds.find(({ name }) => name === failure.kind);
  const shortest = kind === undefined ? failure.input : await minimise(failure.input, failsAs(kind, failure));
  mkdirSync(values.failures, { recursive: true });
  const file = path.join(values.failures, `${failure.kind}-${seed}`);
  writeFileSync(`${file}.whole`, failure.input);
  writeFileSync(file, shortest);
  process.stdout.write(
    `${failure.kind}, seed ${seed}: ${failure.message}\n  input ${file} (${shortest.length} bytes): ${shortest.subarray(0, 200).toString('latin1')}\n`,
  );
}

/** Fails with the same words, whatever numbers are in them. */
function failsAs(kind: Kind, failure: FuzzFailure): (candidate: Buffer) => Promise<boolean> {
  const words = firstLine(failure.message);
  return async (candidate) => {
    try {
      // Each of the dearer checks is due for one of these.
      for (const sample of [0, 1, 2]) await kind.run(candidate, sample);
      return false;
    } catch (error) {
      return firstLine(String(error)) === words;
    }
  };
}

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').replaceAll(/\d+/g, '0');
}
