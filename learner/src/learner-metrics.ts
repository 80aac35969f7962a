import type { Meter, ObservableCounter, ObservableGauge } from '@opentelemetry/api';
import { RULE_STATUSES } from './knowledge/rule.ts';
import type { LearnerParts } from './learner-parts.ts';
import type { KnowledgeServing } from './serving/knowledge-serving.ts';

type Observed = Pick<LearnerParts, 'registry' | 'decisions' | 'withheld' | 'online' | 'loop'>;

/** Registers what the learner counts. Read when metrics are read. */
export function observeLearner(meter: Meter, parts: Observed): void {
  const { registry, decisions, withheld, online, loop } = parts;
  const counter = (name: string, description: string): ObservableCounter =>
    meter.createObservableCounter(`tracelore_${name}`, { description });
  const gauge = (name: string, description: string): ObservableGauge =>
    meter.createObservableGauge(`tracelore_${name}`, { description });
  const stored = counter('decisions_stored', 'Records of knowledge answers that were stored.');
  const waiting = gauge('decisions_waiting', 'Records of knowledge answers that wait to be stored.');
  const dropped = counter('decisions_dropped', 'Records of knowledge answers that were lost.');
  const unitsWaiting = gauge(
    'online_units_waiting',
    'Pairs of a served rule and a unit that wait for an outcome.',
  );
  const unitsDropped = counter(
    'online_units_dropped',
    'Pairs of a served rule and a unit that were left out, since too many waited.',
  );
  const watches = gauge('online_watches', 'Measured experiments that are held.');
  const passes = counter('learning_passes', 'Learning passes that ended, by state.');
  const passesRunning = gauge('learning_passes_running', 'Learning passes that run now.');
  const rules = gauge('rules', 'Rules by project and status.');
  const rulesWithheld = gauge(
    'rules_withheld',
    'Rules kept from agents since the start, for what the scan found in them, by project.',
  );
  const snapshot = gauge('knowledge_snapshot', 'Events in the knowledge log by project.');
  meter.addBatchObservableCallback(
    (result) => {
      const decided = decisions.counts();
      result.observe(stored, decided.stored);
      result.observe(waiting, decided.waiting);
      result.observe(dropped, decided.dropped);
      const units = online.counts();
      result.observe(unitsWaiting, units.waiting);
      result.observe(unitsDropped, units.dropped);
      result.observe(watches, units.watches);
      const learned = loop.learning.counts();
      result.observe(passesRunning, learned.running);
      result.observe(passes, learned.succeeded, { state: 'succeeded' });
      result.observe(passes, learned.failed, { state: 'failed' });
      const kept = withheld();
      for (const project of registry.projects()) {
        const base = registry.of(project);
        for (const status of RULE_STATUSES) result.observe(rules, base.count(status), { project, status });
        result.observe(rulesWithheld, kept.filter((rule) => rule.project === project).length, { project });
        result.observe(snapshot, base.snapshot(), { project });
      }
    },
    [
      stored,
      waiting,
      dropped,
      unitsWaiting,
      unitsDropped,
      watches,
      passes,
      passesRunning,
      rules,
      rulesWithheld,
      snapshot,
    ],
  );
}

/** Bounds of the time of an answer, seconds: from memory to what the SDK waits for. */
const ANSWER_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1];

/** The same serving; how long its answers took is recorded, by arm. */
export function observedServing(meter: Meter, serving: KnowledgeServing): KnowledgeServing {
  const seconds = meter.createHistogram('tracelore_knowledge_answer_duration_seconds', {
    description: 'Answers to get_knowledge, by arm.',
    advice: { explicitBucketBoundaries: ANSWER_SECONDS },
  });
  const search = meter.createHistogram('tracelore_knowledge_search_duration_seconds', {
    description: 'Finding the rules for a task, without making its vector.',
    advice: { explicitBucketBoundaries: ANSWER_SECONDS },
  });
  const embed = meter.createHistogram('tracelore_knowledge_embed_duration_seconds', {
    description: "Making a task's vector, or waiting for it.",
    advice: { explicitBucketBoundaries: ANSWER_SECONDS },
  });
  return {
    ...serving,
    answer: async (request, project) => {
      const beganAt = performance.now();
      const timed = await serving.answer(request, project);
      seconds.record((performance.now() - beganAt) / 1_000, { arm: timed.answer.arm });
      search.record(timed.searchMs / 1_000);
      embed.record(timed.embedMs / 1_000);
      return timed;
    },
  };
}
