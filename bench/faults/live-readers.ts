import { setTimeout as pause } from 'node:timers/promises';
import type { Ledger } from './ledger.ts';
import { tracelore, type Service } from './service.ts';

/** What one way of reading shows of what senders were told is stored. */
export interface Reading {
  readonly reader: string;
  /** Answered spans or their runs that it does not show. */
  readonly missing: number;
  /** Spans or runs that it shows more than once. */
  readonly duplicates: number;
}

/** Runs are recomputed when they have been quiet; how often and how far apart that is waited for, ms. */
const LOOKS_MAX = 120;
const LOOK_PAUSE_MS = 500;
/** Runs that are read through the command line too: each costs a process. */
const RUNS_BY_CLI = 3;

interface Run {
  readonly runId: string;
  readonly spans: number;
}
interface Shown {
  readonly run: Run;
  readonly spans: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** Reads everything through the API and some of it through the command line of a running service. */
export async function readLive(service: Service, ledger: Ledger, directory: string): Promise<Reading[]> {
  const listed = await listWhenSettled(service, ledger);
  const list = countsOf(
    [...ledger.answered.keys()],
    listed.map(({ runId }) => runId),
  );
  const api = { missing: 0, duplicates: 0 };
  for (const [traceId, spanIds] of ledger.answered) {
    const shown = await get<Shown>(`${service.api}/v1/traces/${traceId}`);
    add(api, countsOf([...spanIds], idsOf(shown, traceId)));
    // What a list says of a run must be what the run shows.
    const told = listed.find(({ runId }) => runId === traceId)?.spans;
    add(list, { missing: told === shown?.run.spans ? 0 : 1, duplicates: 0 });
  }
  return [
    { reader: 'API list', ...list },
    { reader: 'API run', ...api },
    { reader: 'command line', ...(await readByCli(service, ledger, directory)) },
  ];
}

async function readByCli(
  service: Service,
  ledger: Ledger,
  directory: string,
): Promise<Omit<Reading, 'reader'>> {
  const json = async <T>(args: readonly string[]): Promise<T | undefined> => {
    const { code, stdout } = await tracelore(['traces', ...args, '--json', '--url', service.api], directory);
    return code === 0 ? JSON.parse(stdout) : undefined;
  };
  const counts = { missing: 0, duplicates: 0 };
  const listed =
    (await json<{ runs: Run[] }>(['list', '--limit', '500']))?.runs.map(({ runId }) => runId) ?? [];
  const expected = ledger.answered.size <= 500 ? [...ledger.answered.keys()] : [];
  add(counts, countsOf(expected, listed));
  for (const [traceId, spanIds] of [...ledger.answered].slice(-RUNS_BY_CLI))
    add(counts, countsOf([...spanIds], idsOf(await json<Shown>(['show', traceId]), traceId)));
  return counts;
}

/** The list as soon as it has all spans of all answered runs, or as it is when that does not come to pass. */
async function listWhenSettled(service: Service, ledger: Ledger): Promise<Run[]> {
  let runs: Run[] = [];
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    runs = await listAll(service);
    const spans = new Map(runs.map((run) => [run.runId, run.spans]));
    if ([...ledger.answered].every(([traceId, answered]) => (spans.get(traceId) ?? 0) >= answered.size))
      break;
    await pause(LOOK_PAUSE_MS);
  }
  return runs;
}

async function listAll({ api }: Service): Promise<Run[]> {
  const runs: Run[] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const page: { runs: Run[]; next?: string } | undefined = await get(
      `${api}/v1/traces?limit=500${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
    );
    runs.push(...(page?.runs ?? []));
    after = page?.next;
  }
  return runs;
}

async function get<T>(url: string): Promise<T | undefined> {
  const response = await fetch(url);
  return response.ok ? JSON.parse(await response.text()) : undefined;
}

function idsOf(shown: Shown | undefined, traceId: string): string[] {
  return (shown?.spans ?? []).filter((span) => span.traceId === traceId).map(({ spanId }) => spanId);
}

/** How many of the expected ids are not shown, and how many are shown again. */
export function countsOf(expected: readonly string[], shown: readonly string[]): Omit<Reading, 'reader'> {
  const there = new Set(shown);
  return {
    missing: expected.filter((id) => !there.has(id)).length,
    duplicates: shown.length - there.size,
  };
}

/** Adds up in place. */
export function add(
  sum: { missing: number; duplicates: number },
  { missing, duplicates }: Omit<Reading, 'reader'>,
): void {
  sum.missing += missing;
  sum.duplicates += duplicates;
}
