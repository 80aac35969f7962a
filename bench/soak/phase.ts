import type { ChildProcess } from 'node:child_process';
import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { nextNumbers, startProgram } from '../child-process.ts';
import { slopeOf, type Slope } from './slope.ts';

const SAMPLE_MS = 10_000;
const SAMPLES_PER_LINE = 6;
const MIB = 1_048_576;
/** Caches and pools fill in the beginning. */
const WARM_UP_SHARE = 0.2;

/** A load at one rate, for a time. */
export interface Phase {
  readonly name: string;
  /** Spans per second. */
  readonly rate: number;
  readonly minutes: number;
}

export interface PhaseResult {
  readonly sent: number;
  readonly refused: number;
  /** CPU of the collector and its engine, merges included, as a share of one core. */
  readonly coreShare: number;
  readonly rssMaxBytes: number;
  /** Growth of RSS in MiB per minute after the warm-up. */
  readonly growth: Slope;
}

const FIELDS = [
  'cpuMs',
  'rssBytes',
  'heapBytes',
  'spansStored',
  'commits',
  'runsRefreshed',
  'runsWaiting',
  'parts',
] as const;
type Sample = Readonly<Record<(typeof FIELDS)[number], number>> & { readonly atMs: number };

/** Sends the load of one phase to a running collector and prints a line per minute. */
export async function runPhase(
  collector: ChildProcess,
  url: string,
  phase: Phase,
  first: number,
): Promise<PhaseResult> {
  const seconds = Math.round(phase.minutes * 60);
  console.log(`\n${phase.name}: ${phase.rate} spans/s for ${phase.minutes} min`);
  const samples = [await sampleOf(collector)];
  const sender = startProgram(
    new URL('./sender.ts', import.meta.url),
    [url, phase.rate, seconds, first].map(String),
  );
  const delivered = nextNumbers(sender, ['sent', 'refused', 'elapsedMs', 'p50Ms', 'p99Ms']);
  for (let waited: unknown; waited === undefined;) {
    waited = await Promise.race([delivered, delay(SAMPLE_MS)]);
    samples.push(await sampleOf(collector));
    if (samples.length % SAMPLES_PER_LINE === 1) printMinute(samples);
  }
  const { sent, refused, elapsedMs, p50Ms, p99Ms } = await delivered;
  const [begin, end] = [samples.at(0), samples.at(-1)];
  if (begin === undefined || end === undefined) throw new Error('no samples');
  const coreShare = (end.cpuMs - begin.cpuMs) / (end.atMs - begin.atMs);
  console.log(
    `sent ${sent} spans (${Math.round(sent / (elapsedMs / 1_000))}/s), ${refused} requests refused and sent again, answered after ` +
      `${Math.round(p50Ms)} ms (median), ${Math.round(p99Ms)} ms (p99); ${(coreShare * 100).toFixed(1)} % of a core`,
  );
  return {
    sent,
    refused,
    coreShare,
    rssMaxBytes: Math.max(...samples.map(({ rssBytes }) => rssBytes)),
    growth: slopeOf(minuteMeans(samples.slice(Math.floor(samples.length * WARM_UP_SHARE)))),
  };
}

async function sampleOf(collector: ChildProcess): Promise<Sample> {
  collector.send('sample');
  return { ...(await nextNumbers(collector, FIELDS)), atMs: performance.now() };
}

function minuteMeans(samples: readonly Sample[]): [minute: number, mebibytes: number][] {
  const from = samples[0]?.atMs ?? 0;
  const minutes = Map.groupBy(samples, ({ atMs }) => Math.floor((atMs - from) / 60_000));
  return [...minutes].map(([minute, of]) => [
    minute,
    of.reduce((sum, { rssBytes }) => sum + rssBytes, 0) / of.length / MIB,
  ]);
}

function printMinute(samples: readonly Sample[]): void {
  const [from, to] = [samples.at(-1 - SAMPLES_PER_LINE), samples.at(-1)];
  if (from === undefined || to === undefined) return;
  const elapsedMs = to.atMs - from.atMs;
  const rss = samples.slice(-SAMPLES_PER_LINE).map(({ rssBytes }) => Math.round(rssBytes / MIB));
  console.log(
    [
      `min ${String((samples.length - 1) / SAMPLES_PER_LINE).padStart(3)}`,
      `${Math.round((to.spansStored - from.spansStored) / (elapsedMs / 1_000))} spans/s`,
      `${(((to.cpuMs - from.cpuMs) / elapsedMs) * 100).toFixed(1)} % of a core`,
      `RSS ${Math.min(...rss)}-${Math.max(...rss)} MiB`,
      `heap ${Math.round(to.heapBytes / MIB)}`,
      `${to.commits - from.commits} commits`,
      `${to.runsRefreshed - from.runsRefreshed} runs computed, ${to.runsWaiting} waiting`,
      `${to.parts} parts`,
      `load ${loadavg()[0]?.toFixed(1)}`,
    ].join('  '),
  );
}
