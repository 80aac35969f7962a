import type { RunSummary, TraceReader } from '@tracelore/collector/store';
import type { Outcome } from '@tracelore/sdk/contract';
import type { TracedRun } from '../analyzers/traced-run.ts';
import { addUsage, NO_USAGE, type Usage } from '../llm/chat-model.ts';
import type { RunJudge } from './run-judge.ts';
import { outcomeOf, type RecordOutcomes, type Signal } from './signal.ts';

/** Runs without an outcome that one settling looks at, newest first. */
export const SETTLED_RUNS_MAX = 1_000;
/** Runs that the judge looks at in one settling. */
export const JUDGED_RUNS_MAX = 50;
/** A run is judged by a model only after people and checks had this long to speak, ms. */
export const JUDGE_AFTER_MS = 600_000;
const PAGE_RUNS = 500;
/** Spans of a run that signals look at. */
const SPANS_MAX = 200;
/** Runs remembered as looked at without a result, over all projects. */
const SILENT_RUNS_MAX = 50_000;

export interface SettlerOptions {
  readonly reader: Pick<TraceReader, 'listRuns' | 'readRun'>;
  readonly signals: readonly Signal[];
  readonly record: RecordOutcomes;
  /** Brings runs up to date at once. Without it they follow when whoever took the outcomes gets to them. */
  readonly refresh?: (runs: readonly { readonly project: string; readonly runId: string }[]) => Promise<void>;
  /** Without one, runs that no signal can judge stay without an outcome. */
  readonly judge?: RunJudge;
  readonly judgeAfterMs?: number;
  readonly now: () => Date;
}

export interface Settled {
  readonly settled: number;
  readonly judgeFailures: number;
  readonly usage: Usage;
}

/** Gives outcomes to closed runs that have none: signals first, then, in the background, the judge. Trials are left out. */
export interface Settler {
  settle(project: string, signal?: AbortSignal): Promise<Settled>;
}

export function createSettler(options: SettlerOptions): Settler {
  /** Runs that no signal spoke about: their spans are not read again. The judge may still speak. */
  const silent = new Set<string>();

  async function record(project: string, outcomes: readonly Outcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    await options.record(project, outcomes);
    await options.refresh?.(outcomes.map(({ run }) => ({ project, runId: run })));
  }

  async function bySignals(project: string, runs: readonly RunSummary[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const summary of runs) {
      if (silent.has(key(summary))) continue;
      const run = await readTraced(options.reader, summary);
      const spoken = firstVerdict(options.signals, run);
      if (spoken === undefined) remember(silent, key(summary));
      else outcomes.push(spoken);
    }
    await record(project, outcomes);
    return outcomes;
  }

  async function byJudge(
    project: string,
    runs: readonly RunSummary[],
    signal?: AbortSignal,
  ): Promise<Settled> {
    let [usage, judgeFailures] = [NO_USAGE, 0];
    const outcomes: Outcome[] = [];
    const { judge } = options;
    if (judge === undefined) return { settled: 0, judgeFailures, usage };
    for (const summary of runs.slice(0, JUDGED_RUNS_MAX)) {
      const result = await judge.judge(await readTraced(options.reader, summary), signal);
      usage = addUsage(usage, result.usage);
      if (result.kind === 'judged')
        outcomes.push(outcomeOf(summary.runId, result.name ?? 'judge', result.verdict));
      if (result.kind === 'abstained') remember(silent, `judged ${key(summary)}`);
      if (result.kind === 'failed') {
        // A model that fails once usually fails for a while; the runs wait for the next settling.
        judgeFailures += 1;
        break;
      }
    }
    await record(project, outcomes);
    return { settled: outcomes.length, judgeFailures, usage };
  }

  return {
    async settle(project, signal) {
      const runs = await undecidedRuns(options.reader, project);
      const outcomes = await bySignals(project, runs);
      const done = new Set(outcomes.map(({ run }) => run));
      const before = options.now().getTime() - (options.judgeAfterMs ?? JUDGE_AFTER_MS);
      const waiting = runs.filter(
        (run) =>
          !done.has(run.runId) && Date.parse(run.startTime) <= before && !silent.has(`judged ${key(run)}`),
      );
      const judged = await byJudge(project, waiting, signal);
      return { ...judged, settled: outcomes.length + judged.settled };
    },
  };
}

async function undecidedRuns(reader: SettlerOptions['reader'], project: string): Promise<RunSummary[]> {
  const runs: RunSummary[] = [];
  while (runs.length < SETTLED_RUNS_MAX) {
    const last = runs.at(-1);
    const page = await reader.listRuns({
      project,
      state: 'closed',
      outcome: 'none',
      limit: PAGE_RUNS,
      ...(last === undefined ? {} : { after: { startTime: last.startTime, runId: last.runId } }),
    });
    runs.push(...page);
    if (page.length < PAGE_RUNS) break;
  }
  return runs;
}

async function readTraced(reader: SettlerOptions['reader'], summary: RunSummary): Promise<TracedRun> {
  const spans = await reader.readRun(summary.project, summary.runId, { limit: SPANS_MAX });
  return { summary, spans, outcomes: [] };
}

function firstVerdict(signals: readonly Signal[], run: TracedRun): Outcome | undefined {
  for (const signal of signals) {
    const verdict = signal.judge(run);
    if (verdict !== undefined) return outcomeOf(run.summary.runId, signal.name, verdict);
  }
  return undefined;
}

function key({ project, runId }: RunSummary): string {
  return `${project}/${runId}`;
}

function remember(set: Set<string>, entry: string): void {
  if (set.size >= SILENT_RUNS_MAX) set.clear();
  set.add(entry);
}
