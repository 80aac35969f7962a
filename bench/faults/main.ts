import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { inFolder, type Fault, type Outcome } from './fault.ts';
import { bombFault } from './bombs.ts';
import { clockFaults } from './clock-skew.ts';
import { connectionFaults } from './connections.ts';
import { diskFaults } from './disk-full.ts';
import { engineFaults } from './engine-away.ts';
import { kill } from './kill.ts';
import { learningFaults } from './learning.ts';
import { locked } from './locked.ts';
import { replayed } from './replayed.ts';
import { spoolFaults } from './spool.ts';
import { terminate } from './terminate.ts';

/**
 * `npm run faults -- [--only <name,…>] [--rounds <n>] [--list]`: real faults against real `tracelore up` processes. Every
 * sender keeps what it was told; afterwards everything is read through every public reader. Exit code 1 when something
 * that was answered is missing or shown twice, memory goes beyond its bound, or the service does not recover by itself.
 */
const FAULTS: readonly Fault[] = [
  kill,
  terminate,
  replayed,
  ...engineFaults,
  ...spoolFaults,
  locked,
  ...diskFaults,
  ...clockFaults,
  ...connectionFaults,
  bombFault,
  ...learningFaults,
];
/** Most memory a service may ever have had, bytes. */
const RSS_BYTES_MAX = 1_073_741_824;
/** Kills, unless `--rounds` says otherwise. */
const ROUNDS = 100;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: String(ROUNDS) },
    list: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
if (!Number.isSafeInteger(rounds) || rounds < 1)
  throw new Error(`--rounds ${values.rounds}: expected a whole number above 0`);
const names = values.only === '' ? FAULTS.map(({ name }) => name) : values.only.split(',');
for (const name of names)
  if (!FAULTS.some((fault) => fault.name === name))
    throw new Error(`--only ${name}: expected some of ${FAULTS.map((fault) => fault.name).join(', ')}`);

if (values.list) for (const { name, what } of FAULTS) console.log(`${name.padEnd(14)} ${what}`);
// At once: a fault that failed may have left timers and sockets behind.
else process.exit((await runAll(FAULTS.filter(({ name }) => names.includes(name)))) ? 0 : 1);

/** True when every promise held. */
async function runAll(faults: readonly Fault[]): Promise<boolean> {
  console.log(
    `Node ${process.version}, ${process.platform} ${process.arch}, load ${loadavg()[0]?.toFixed(1) ?? ''}\n`,
  );
  console.log(
    row(
      'fault',
      'answered',
      'other answers',
      'missing',
      'doubled',
      'raw doubled',
      'slowest',
      'peak RSS',
      'time',
      'result',
    ),
  );
  let isKept = true;
  for (const fault of faults) {
    const reason = fault.skip?.();
    if (reason !== undefined) {
      console.log(row(fault.name, '', '', '', '', '', '', '', '', `skipped: ${reason}`));
      continue;
    }
    const begunAt = performance.now();
    try {
      const outcome = await inFolder((directory) => fault.run(directory, { rounds }));
      const problems = problemsOf(outcome);
      isKept &&= problems.length === 0;
      console.log(rowOf(fault, outcome, problems, performance.now() - begunAt));
    } catch (error) {
      isKept = false;
      console.log(
        row(
          fault.name,
          '',
          '',
          '',
          '',
          '',
          '',
          '',
          '',
          `FAILED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        ),
      );
    }
  }
  console.log(
    `\nload ${loadavg()[0]?.toFixed(1) ?? ''}. ${isKept ? 'Every promise held.' : 'A PROMISE WAS BROKEN.'}`,
  );
  return isKept;
}

function problemsOf({ readings, violations, peakRss }: Outcome): string[] {
  return [
    ...readings
      .filter(({ missing, duplicates }) => missing + duplicates > 0)
      .map(({ reader, missing, duplicates }) => `${reader}: ${missing} missing, ${duplicates} doubled`),
    ...(peakRss > RSS_BYTES_MAX
      ? [`${megabytes(peakRss)} of memory, more than ${megabytes(RSS_BYTES_MAX)}`]
      : []),
    ...violations,
  ];
}

function rowOf({ name }: Fault, outcome: Outcome, problems: readonly string[], ms: number): string {
  const { ledger, readings, rawDuplicates, peakRss, note } = outcome;
  const sum = (of: 'missing' | 'duplicates'): string =>
    String(readings.reduce((total, reading) => total + reading[of], 0));
  return row(
    name,
    String(ledger.spans),
    ledger.others,
    sum('missing'),
    sum('duplicates'),
    String(rawDuplicates),
    `${(ledger.longestMs / 1_000).toFixed(1)} s`,
    megabytes(peakRss),
    `${(ms / 1_000).toFixed(0)} s`,
    problems.length === 0 ? `ok: ${note}` : `BROKEN: ${problems.join('; ')} (${note})`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MiB`;
}

function row(...cells: readonly string[]): string {
  const widths = [14, 9, 22, 8, 8, 12, 8, 9, 6, 0];
  return cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' ');
}
