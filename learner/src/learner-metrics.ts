import { single, type Metric } from './http/metrics.ts';
import { RULE_STATUSES } from './knowledge/rule.ts';
import type { LearnerParts } from './learner-parts.ts';

/** What the learner counts, read at the moment of asking. */
export function learnerMetrics({
  registry,
  decisions,
  withheld,
  online,
}: Pick<LearnerParts, 'registry' | 'decisions' | 'withheld' | 'online'>): Metric[] {
  const { stored, waiting, dropped } = decisions.counts();
  const units = online.counts();
  const projects = registry.projects().map((project) => ({ project, base: registry.of(project) }));
  return [
    single('process_uptime_seconds', 'gauge', 'Since the start of the process.', process.uptime()),
    single('process_resident_memory_bytes', 'gauge', 'Memory of the process.', process.memoryUsage.rss()),
    single(
      'tracelore_decisions_stored_total',
      'counter',
      'Records of knowledge answers that were stored.',
      stored,
    ),
    single(
      'tracelore_decisions_waiting',
      'gauge',
      'Records of knowledge answers that wait to be stored.',
      waiting,
    ),
    single(
      'tracelore_decisions_dropped_total',
      'counter',
      'Records of knowledge answers that were lost.',
      dropped,
    ),
    single(
      'tracelore_online_units_waiting',
      'gauge',
      'Pairs of a served rule and a unit that wait for an outcome.',
      units.waiting,
    ),
    single(
      'tracelore_online_units_dropped_total',
      'counter',
      'Pairs of a served rule and a unit that were left out, since too many waited.',
      units.dropped,
    ),
    single('tracelore_online_watches', 'gauge', 'Measured experiments that are held.', units.watches),
    {
      name: 'tracelore_rules',
      kind: 'gauge',
      help: 'Rules by project and status.',
      samples: projects.flatMap(({ project, base }) =>
        RULE_STATUSES.map((status) => ({ labels: { project, status }, value: base.list({ status }).length })),
      ),
    },
    {
      name: 'tracelore_rules_withheld',
      kind: 'gauge',
      help: 'Rules kept from agents since the start, for what the scan found in them.',
      samples: projects.map(({ project }) => ({
        labels: { project },
        value: withheld().filter((rule) => rule.project === project).length,
      })),
    },
    {
      name: 'tracelore_knowledge_snapshot',
      kind: 'gauge',
      help: 'Events in the knowledge log by project.',
      samples: projects.map(({ project, base }) => ({ labels: { project }, value: base.snapshot() })),
    },
  ];
}
