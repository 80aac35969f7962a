import type { CollectorStats } from '@tracelore/collector';
import { single, type Metric } from '../http/metrics.ts';

/** The collector's counts as metrics. */
export function collectorMetrics(stats: CollectorStats): Metric[] {
  const counter = (name: string, help: string, value: number): Metric =>
    single(`tracelore_collector_${name}_total`, 'counter', help, value);
  return [
    counter('requests', 'Export requests.', stats.requests),
    counter('received_bytes', 'Bytes of request bodies as they came.', stats.bytesReceived),
    counter('spans_received', 'Spans in requests.', stats.spansReceived),
    counter('spans_stored', 'Spans stored.', stats.spansStored),
    counter('spans_rejected', 'Spans left out of accepted requests.', stats.spansRejected),
    counter('logs_stored', 'Log records stored.', stats.logsStored),
    counter('outcomes_stored', 'Outcomes stored.', stats.outcomesStored),
    counter('commits', 'Inserts into the store.', stats.commits),
    counter('commit_retries', 'Inserts that were tried again.', stats.commitRetries),
    counter('runs_refreshed', 'Runs recomputed.', stats.runsRefreshed),
    {
      name: 'tracelore_collector_refused_total',
      kind: 'counter',
      help: 'Requests refused, by reason.',
      samples: Object.entries(stats.refused).map(([reason, value]) => ({ labels: { reason }, value })),
    },
    {
      name: 'tracelore_collector_redacted_total',
      kind: 'counter',
      help: 'Values replaced before they were stored, by rule.',
      samples: Object.entries(stats.redacted).map(([rule, value]) => ({ labels: { rule }, value })),
    },
    single('tracelore_collector_waiting_bytes', 'gauge', 'Request bodies in memory.', stats.bytesWaiting),
    single(
      'tracelore_collector_runs_waiting',
      'gauge',
      'Runs that wait to be recomputed.',
      stats.runsWaiting,
    ),
  ];
}
