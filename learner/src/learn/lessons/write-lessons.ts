import type { Lesson } from '../../analyzers/analyzer.ts';
import type { FailureSample } from '../../analyzers/failure-samples.ts';
import type { GoldOutputs } from '../../analyzers/memorised.ts';
import { gateLesson, rulesThatMatter } from '../../analyzers/lesson-gate.ts';
import type { TracedRun } from '../../analyzers/traced-run.ts';
import { capabilitiesOf, type Capabilities } from '../../safety/capabilities.ts';
import { scanText } from '../../analyzers/scan.ts';
import type { KnowledgeBase } from '../../knowledge/knowledge-base.ts';
import { orderByText } from '../../knowledge/order-by-text.ts';
import type { Evidence, Provenance, Rule } from '../../knowledge/rule.ts';
import type { ChatModel } from '../../llm/chat-model.ts';
import { compareWithServed, type ComparedLesson } from './compare-with-served.ts';
import type { AnalysedSample } from './analyse-runs.ts';
import type { AnalysisLog } from '../records/analysis-log.ts';
import type { PassRecord } from '../learn-pass.ts';

/** Longest reason kept with a rule, characters. */
const BECAUSE_CHARACTERS_MAX = 500;

export interface WriteLessonsOptions {
  readonly base: KnowledgeBase;
  readonly log: AnalysisLog;
  readonly analyzer: string;
  /** Compares lessons with the rules in force. */
  readonly comparer?: ChatModel;
  readonly signal: AbortSignal;
  /** What eval cases expect: no lesson may repeat it. */
  readonly gold: GoldOutputs;
  /** Runs that passed: what they reach is what a rule may name. */
  readonly contrasts: readonly TracedRun[];
  /** Turned down under the agent's present fingerprint. */
  readonly rejected: readonly Rule[];
  readonly record: PassRecord;
}

/**
 * Writes down what the analyzer found, sample by sample: new candidates, support for known rules, counts of what was
 * dropped. Only when everything about a sample is stored are its runs marked as analysed: a pass that is stopped leaves the
 * others to the next one.
 */
export async function writeLessons(
  samples: readonly AnalysedSample[],
  options: WriteLessonsOptions,
): Promise<void> {
  const { record, base, log } = options;
  const capabilitiesFor = rememberCapabilities(options.contrasts);
  for (const { sample, lessons } of samples) {
    let written = 0;
    const capabilities = capabilitiesFor(sample.failures[0]?.summary.agent ?? '');
    // Of two that repeat or contradict each other, which one stays does not depend on the order of the answer.
    for (const lesson of orderByText(lessons)) {
      if (options.signal.aborted) return;
      const all = base.list().filter(({ status }) => status !== 'archived' && status !== 'deprecated');
      const live = await rulesThatMatter(lesson, sample, all);
      const rejected = await rulesThatMatter(lesson, sample, options.rejected);
      const gated = gateLesson(lesson, sample, { live, rejected, capabilities, gold: options.gold });
      const compared = await compareWithServed(gated, options);
      if (await apply(compared, lesson, sample, options)) written += 1;
    }
    const runIds = sample.failures.map(({ summary }) => summary.runId);
    const result = written > 0 ? 'lessons' : 'no_lesson';
    await log.markAnalysed(base.project, record.current.id, runIds, result, sample.signature);
    record.update({
      runsAnalysed: record.current.runsAnalysed + runIds.length,
      proposed: record.current.proposed + lessons.length,
    });
  }
}

function rememberCapabilities(contrasts: readonly TracedRun[]): (agent: string) => Capabilities {
  const known = new Map<string, Capabilities>();
  return (agent) => {
    const capabilities =
      known.get(agent) ?? capabilitiesOf(contrasts.filter(({ summary }) => summary.agent === agent));
    known.set(agent, capabilities);
    return capabilities;
  };
}

/** Whether something was written. */
async function apply(
  { verdict, ...relations }: ComparedLesson,
  lesson: Lesson,
  sample: FailureSample,
  { base, log, record, analyzer }: WriteLessonsOptions,
): Promise<boolean> {
  const learnId = record.current.id;
  if (verdict.kind === 'dropped') return drop(record, verdict.reason);
  if (verdict.kind === 'support' || verdict.kind === 'turned_down') {
    await log.addSupport(base.project, learnId, verdict.rule.id, fromFailures(verdict.evidence, sample));
    if (verdict.kind === 'turned_down') return drop(record, 'already_rejected');
    record.update({ supported: record.current.supported + 1 });
    return true;
  }
  const because = lesson.because.slice(0, BECAUSE_CHARACTERS_MAX);
  const agent = sample.failures[0]?.summary.agent ?? '';
  const provenance: Provenance = {
    origin: 'analyzer',
    by: analyzer,
    learnId,
    signature: sample.signature,
    // A cluster is of one agent: its signature says which.
    ...(agent === '' ? {} : { agent }),
    ...(scanText(because).length === 0 ? { because } : {}),
    taint: verdict.taint,
    ...relations,
    evidence: verdict.evidence,
    predicted: {
      // Whatever it says: what taught it is what it is for.
      fixes: [...new Set([sample.signature, ...(lesson.predicted?.fixes ?? [])])],
      risks: lesson.predicted?.risks ?? [],
    },
  };
  const { quarantine } = verdict;
  const proposed = await base.propose(
    verdict.text,
    provenance,
    quarantine === undefined ? {} : { quarantined: true, reason: quarantine },
  );
  if (!proposed.ok) return drop(record, proposed.code === 'duplicate' ? 'duplicate' : 'grammar');
  await log.addSupport(base.project, learnId, proposed.rule.id, fromFailures(verdict.evidence, sample));
  record.update({
    candidates: record.current.candidates + 1,
    quarantined: record.current.quarantined + (quarantine === undefined ? 0 : 1),
  });
  return true;
}

/** What passing runs show is contrast, not support. */
function fromFailures(evidence: readonly Evidence[], sample: FailureSample): readonly Evidence[] {
  const failed = new Set(sample.failures.map(({ summary }) => summary.runId));
  return evidence.filter(({ runId }) => failed.has(runId));
}

function drop(record: PassRecord, reason: string): false {
  const { dropped } = record.current;
  record.update({ dropped: { ...dropped, [reason]: (dropped[reason] ?? 0) + 1 } });
  return false;
}
