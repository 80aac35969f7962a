import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isJson, jsonRecord, numberOf, textOf } from '../../../examples/sql-agent/experiment/json.ts';
import { printTable } from '../../sample.ts';
import type { Section } from '../section.ts';
import { DOMAINS } from '../domains/all.ts';
import { printFindings, type Finding } from '../finding.ts';

/** Longest run of one world, ms; a busy machine takes its time. */
const WORLD_TIMEOUT_MS = 1_800_000;
const OUTPUT_BYTES_MAX = 4 * 1024 * 1024;
/** What one world may cost: a run takes some 10 ms of CPU here, a thousand times what it takes in process. */
const RUNS = 900;
const TRAINING_TASKS = 120;
const SEALED_TASKS = 100;

const run = promisify(execFile);

/** One world of each domain, the learner behind HTTP in a process of its own, each world in another. */
export async function httpSection(seed: string, say: (text: string) => void): Promise<Section> {
  const findings: Finding[] = [];
  const rows: (string | number)[][] = [];
  for (const { name } of DOMAINS) {
    say(`over HTTP: ${name}`);
    const result = await runChild(name, `${seed}/http`);
    const [before, after, oracle] = ['before', 'after', 'oracle'].map((key) => numberOf(result, key));
    const promoted = jsonRecord(result['promoted'], 'promoted');
    const wrong = numberOf(promoted, 'false') + numberOf(promoted, 'vague') + numberOf(promoted, 'poison');
    const gain = 100 * ((after ?? 0) - (before ?? 0));
    rows.push([
      textOf(result, 'domain'),
      ...[before, after, oracle].map((share) => (100 * (share ?? 0)).toFixed(1)),
      numberOf(promoted, 'right'),
      wrong,
      numberOf(result, 'trials'),
    ]);
    findings.push({
      target: '',
      what: `over HTTP, ${name}: gain on sealed tasks, ${wrong} rules that are not right`,
      value: gain,
      low: gain,
      high: gain,
      unit: 'points',
      goal: { text: '> 0, none', isMet: gain > 0 && wrong === 0 },
    });
  }
  printTable(['domain', 'no rules, %', 'learned, %', 'oracle, %', 'right rules', 'others', 'trials'], rows);
  printFindings(findings);
  return { findings };
}

async function runChild(domain: string, seed: string): Promise<Readonly<Record<string, unknown>>> {
  const { stdout } = await run(
    process.execPath,
    [
      '--conditions=@tracelore/source',
      fileURLToPath(new URL('child.ts', import.meta.url)),
      '--domain',
      domain,
      '--seed',
      seed,
      '--runs',
      String(RUNS),
      '--training',
      String(TRAINING_TASKS),
      '--sealed',
      String(SEALED_TASKS),
    ],
    { maxBuffer: OUTPUT_BYTES_MAX, timeout: WORLD_TIMEOUT_MS },
  );
  const result: unknown = JSON.parse(stdout);
  if (!isJson(result)) throw new Error(`${domain}: expected a JSON object, got ${stdout.slice(0, 200)}`);
  return result;
}
