import type { RunFilter, RunSummary, SpanView, TraceReader } from '@tracelore/collector/store';
import { SPANS_PER_RUN_HEAD, SPANS_PER_RUN_TAIL } from '../../analyzers/analysis-prompt.ts';
import { cutMiddle } from '../../analyzers/content-budget.ts';
import { stripOwnKnowledge } from '../../analyzers/own-knowledge.ts';
import type { TracedRun } from '../../analyzers/traced-run.ts';

/** Passing runs read for contrast. */
export const CONTRAST_RUNS_MAX = 100;
/** Runs read at the same time: others want the engine too, and each may hold some MB while it is read. */
const RUNS_READ_AT_ONCE = 4;
/** Spans of a run that are read. */
const SPANS_MAX = 300;
const PAGE_RUNS = 500;
/** Characters kept of one input or output. An analyzer is shown less; this bounds the memory of a pass. */
const CONTENT_CHARACTERS_MAX = 32_000;

export type RunReader = Pick<TraceReader, 'listRuns' | 'readRun' | 'outcomesOf'>;

/** Closed, failed runs that were never analysed, newest first, with their spans. Trials are never among them. */
export async function selectFailures(
  reader: RunReader,
  project: string,
  runsMax: number,
): Promise<readonly TracedRun[]> {
  const filter: RunFilter = { project, state: 'closed', outcome: 'failed', unanalysed: true };
  return readRuns(reader, project, await listUpTo(reader, filter, runsMax));
}

/** Passing runs, newest first: what the failures are compared with. */
export async function selectContrasts(reader: RunReader, project: string): Promise<readonly TracedRun[]> {
  const filter: RunFilter = { project, state: 'closed', outcome: 'passed' };
  return readRuns(reader, project, await listUpTo(reader, filter, CONTRAST_RUNS_MAX));
}

async function listUpTo(reader: RunReader, filter: RunFilter, runsMax: number): Promise<RunSummary[]> {
  const runs: RunSummary[] = [];
  while (runs.length < runsMax) {
    const last = runs.at(-1);
    const limit = Math.min(PAGE_RUNS, runsMax - runs.length);
    const page = await reader.listRuns({
      ...filter,
      limit,
      ...(last === undefined ? {} : { after: { startTime: last.startTime, runId: last.runId } }),
    });
    runs.push(...page);
    if (page.length < limit) break;
  }
  return runs;
}

async function readRuns(
  reader: RunReader,
  project: string,
  summaries: readonly RunSummary[],
): Promise<TracedRun[]> {
  const outcomes = await reader.outcomesOf(
    project,
    summaries.map(({ runId }) => runId),
  );
  const runs: TracedRun[] = [];
  for (let from = 0; from < summaries.length; from += RUNS_READ_AT_ONCE) {
    const read = summaries.slice(from, from + RUNS_READ_AT_ONCE).map(async (summary): Promise<TracedRun> => {
      const spans = await reader.readRun(project, summary.runId, { limit: SPANS_MAX });
      return { summary, spans: spans.map(bounded), outcomes: outcomes.get(summary.runId) ?? [] };
    });
    runs.push(...(await Promise.all(read)));
  }
  return runs;
}

/** Own text goes before the cut: half a block could not be told from the agent's words. */
function bounded(span: SpanView, index: number, all: readonly SpanView[]): SpanView {
  const isShown = index < SPANS_PER_RUN_HEAD || index >= all.length - SPANS_PER_RUN_TAIL;
  const keep = (text: string): string => {
    if (text.length <= CONTENT_CHARACTERS_MAX) return text;
    return cutMiddle(stripOwnKnowledge(text), isShown ? CONTENT_CHARACTERS_MAX : 0);
  };
  return { ...span, input: keep(span.input), output: keep(span.output), systemInstructions: '' };
}
