import type {
  Analyzer,
  AnalyzerContext,
  AnalyzerResult,
  FailureKind,
  Lesson,
} from '../../analyzers/analyzer.ts';
import { clusterFailures, type FailureCluster } from '../../analyzers/failure-clusters.ts';
import { failureText } from '../../analyzers/failure-signature.ts';
import { sampleCluster, type FailureSample } from '../../analyzers/failure-samples.ts';
import type { TracedRun } from '../../analyzers/traced-run.ts';
import type { Rule } from '../../knowledge/rule.ts';
import { addUsage } from '../../llm/chat-model.ts';
import type { PassRecord } from '../learn-pass.ts';

/** Questions to the analyzer that are open at one time. */
export const ANALYZER_CALLS_PARALLEL = 4;

/** A sample and what the analyzer said about it. */
export interface AnalysedSample {
  readonly sample: FailureSample;
  readonly lessons: readonly Lesson[];
}

export interface AnalysisOutcome {
  /** In the order of priority, whatever order the answers came in. */
  readonly analysed: readonly AnalysedSample[];
  /** Runs that were not shown or got no usable answer: they wait for the next pass. */
  readonly runsLeft: number;
  /** Why; '' when there are none. */
  readonly reason: string;
}

/** A model that cannot be reached fails for every question; a useless answer may be about this question alone. */
const PASSING: ReadonlySet<string> = new Set(['garbage', 'refused']);
/** Useless answers in a row after which no further question is asked. */
const USELESS_IN_A_ROW_MAX = 3;

/**
 * Shows every failed run to the analyzer once, most pressing clusters first. A model that cannot be reached ends the
 * analysis; a useless answer does so only when it is one of several in a row, so that one run that no model can digest
 * does not stop everything else for ever.
 */
export async function analyseRuns(options: {
  readonly analyzer: Analyzer;
  readonly failures: readonly TracedRun[];
  readonly contrasts: readonly TracedRun[];
  /** Rules that were turned down, for the analyzer to know. */
  readonly rejected: readonly Rule[];
  /** Tags of eval cases: what a lesson's predictions can name. Default: none. */
  readonly slices?: readonly string[];
  readonly record: PassRecord;
  readonly signal: AbortSignal;
}): Promise<AnalysisOutcome> {
  const { analyzer, record, signal } = options;
  const clusters = clusterFailures(options.failures);
  const kinds = clusters.map(kindOf);
  const samples: FailureSample[] = [];
  for (const cluster of clusters)
    samples.push(...(await sampleCluster(cluster, options.contrasts, analyzer.failuresPerSample)));
  const results = new Map<FailureSample, AnalyzerResult>();
  let [next, uselessInARow, reason] = [0, 0, ''];
  let isOver = false;

  async function work(): Promise<void> {
    for (;;) {
      const sample = samples[next];
      next += 1;
      if (sample === undefined || isOver || signal.aborted) return;
      const result = await analyzer.analyse(sample, {
        ...contextFor(sample, options.rejected, signal),
        kinds,
        slices: options.slices ?? [],
      });
      results.set(sample, result);
      const { analyzerCalls, usage } = record.current;
      record.update({ analyzerCalls: analyzerCalls + result.calls, usage: addUsage(usage, result.usage) });
      uselessInARow = result.ok ? 0 : uselessInARow + 1;
      if (result.ok) continue;
      reason = `${analyzer.name}: ${result.failure}: ${result.message}`;
      isOver ||= !PASSING.has(result.failure) || uselessInARow >= USELESS_IN_A_ROW_MAX;
    }
  }

  await Promise.all(Array.from({ length: ANALYZER_CALLS_PARALLEL }, work));
  const analysed = samples.flatMap((sample): AnalysedSample[] => {
    const result = results.get(sample);
    return result?.ok === true ? [{ sample, lessons: result.lessons }] : [];
  });
  const runsDone = analysed.reduce((sum, { sample }) => sum + sample.failures.length, 0);
  return {
    analysed,
    runsLeft: options.failures.length - runsDone,
    reason: signal.aborted ? 'the pass was stopped' : reason,
  };
}

function kindOf({ signature, runs }: FailureCluster): FailureKind {
  const [first] = runs;
  return { signature, text: first === undefined ? '' : failureText(first), runs: runs.length };
}

function contextFor(sample: FailureSample, rejected: readonly Rule[], signal: AbortSignal): AnalyzerContext {
  const known = rejected.filter(({ provenance }) => provenance.signature === sample.signature);
  return { signal, rejected: known.map(({ content, reason }) => ({ content, reason })) };
}
