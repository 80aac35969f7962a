import type { Analyzer, AnalyzerContext, AnalyzerResult, Lesson } from '../analyzers/analyzer.ts';
import { clusterFailures } from '../analyzers/failure-clusters.ts';
import { sampleCluster, type FailureSample } from '../analyzers/failure-samples.ts';
import type { TracedRun } from '../analyzers/traced-run.ts';
import type { Rule } from '../knowledge/rule.ts';
import { addUsage } from '../llm/chat-model.ts';
import type { PassRecord } from './learn-pass.ts';

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
  /** Why the rest was not analysed; '' when everything was. */
  readonly error: string;
}

/**
 * Shows every failed run to the analyzer once, most pressing clusters first. After the first failed call no new one is
 * made: a model that fails usually fails for a while, and runs that were not shown wait for the next pass.
 */
export async function analyseRuns(options: {
  readonly analyzer: Analyzer;
  readonly failures: readonly TracedRun[];
  readonly contrasts: readonly TracedRun[];
  /** Rules that were turned down, for the analyzer to know. */
  readonly rejected: readonly Rule[];
  readonly record: PassRecord;
  readonly signal: AbortSignal;
}): Promise<AnalysisOutcome> {
  const { analyzer, record, signal } = options;
  const samples = clusterFailures(options.failures).flatMap((cluster) =>
    sampleCluster(cluster, options.contrasts),
  );
  const results = new Map<FailureSample, AnalyzerResult>();
  let error = '';
  let next = 0;

  async function work(): Promise<void> {
    for (;;) {
      const sample = samples[next];
      next += 1;
      if (sample === undefined || error !== '' || signal.aborted) return;
      const result = await analyzer.analyse(sample, contextFor(sample, options.rejected, signal));
      results.set(sample, result);
      const { analyzerCalls, usage } = record.current;
      record.update({ analyzerCalls: analyzerCalls + result.calls, usage: addUsage(usage, result.usage) });
      if (!result.ok) error ||= `${analyzer.name}: ${result.failure}: ${result.message}`;
    }
  }

  await Promise.all(Array.from({ length: ANALYZER_CALLS_PARALLEL }, work));
  const analysed = samples.flatMap((sample): AnalysedSample[] => {
    const result = results.get(sample);
    return result?.ok === true ? [{ sample, lessons: result.lessons }] : [];
  });
  return { analysed, error: error === '' && signal.aborted ? 'the pass was stopped' : error };
}

function contextFor(sample: FailureSample, rejected: readonly Rule[], signal: AbortSignal): AnalyzerContext {
  const known = rejected.filter(({ provenance }) => provenance.signature === sample.signature);
  return { signal, rejected: known.map(({ content, reason }) => ({ content, reason })) };
}
