import type { Meter, ObservableCounter, ObservableGauge } from '@opentelemetry/api';
import type { CollectorStats } from '../counters.ts';
import { REFUSAL_CODES } from '../errors.ts';

/**
 * Registers what the collector counts. Read when metrics are read: counting costs nothing on the way of a request.
 * Counters get the ending `_total` where the text format of Prometheus wants it.
 */
export function observeCollector(meter: Meter, stats: () => CollectorStats): void {
  const reads: (readonly [ObservableCounter | ObservableGauge, (now: CollectorStats) => Values])[] = [];
  const counter = (name: string, description: string, read: (now: CollectorStats) => Values): void => {
    reads.push([meter.createObservableCounter(`tracelore_collector_${name}`, { description }), read]);
  };
  const gauge = (name: string, description: string, read: (now: CollectorStats) => Values): void => {
    reads.push([meter.createObservableGauge(`tracelore_collector_${name}`, { description }), read]);
  };
  counter('requests', 'Export requests.', (now) => now.requests);
  counter('received_bytes', 'Bytes of request bodies as they came.', (now) => now.bytesReceived);
  counter('spans_received', 'Spans in requests that could be read.', (now) => now.spansReceived);
  counter('spans_stored', 'Spans stored, or safe in the spool.', (now) => now.spansStored);
  counter('spans_rejected', 'Spans left out of accepted requests.', (now) => now.spansRejected);
  counter('logs_received', 'Log records in requests that could be read.', (now) => now.logsReceived);
  counter('logs_stored', 'Log records stored, or safe in the spool.', (now) => now.logsStored);
  counter('outcomes_stored', 'Outcomes stored.', (now) => now.outcomesStored);
  counter('refused', 'Requests refused, by reason.', ({ refused }) => ({
    label: 'reason',
    of: REFUSAL_CODES.map((code) => [code, refused[code] ?? 0] as const),
  }));
  counter(
    'repeated',
    'Requests answered from memory, since the same content was stored before.',
    (now) => now.repeated,
  );
  counter('redacted', 'Values replaced before they were stored, by rule.', ({ redacted }) => ({
    label: 'rule',
    of: Object.entries(redacted),
  }));
  counter('commits', 'Inserts into the store.', (now) => now.commits);
  counter('rows_committed', 'Rows of those inserts.', (now) => now.rowsCommitted);
  counter('commit_retries', 'Inserts that were tried again.', (now) => now.commitRetries);
  counter('runs_refreshed', 'Runs recomputed.', (now) => now.runsRefreshed);
  gauge(
    'waiting_bytes',
    'Bodies, and rows made of them, in memory until they are stored.',
    (now) => now.bytesWaiting,
  );
  gauge(
    'oldest_waiting_seconds',
    'Since the oldest request waits that is not answered.',
    (now) => now.oldestWaitingMs / 1_000,
  );
  gauge('runs_waiting', 'Runs that wait to be recomputed.', (now) => now.runsWaiting);
  counter('rows_spooled', 'Rows put into the spool.', (now) => now.spool?.rowsSpooled ?? 0);
  counter('rows_replayed', 'Rows from the spool that were stored.', (now) => now.spool?.rowsReplayed ?? 0);
  counter(
    'spooled_rows_refused',
    'Rows in the spool that the store refuses; they stay on disk.',
    (now) => now.spool?.rowsRefused ?? 0,
  );
  gauge('spool_rows', 'Rows in the spool.', (now) => now.spool?.rows ?? 0);
  gauge('spool_bytes', 'The spool on disk.', (now) => now.spool?.bytes ?? 0);
  gauge(
    'spool_oldest_seconds',
    'Since the oldest rows wait in the spool.',
    (now) => (now.spool?.oldestMs ?? 0) / 1_000,
  );
  meter.addBatchObservableCallback(
    (result) => {
      const now = stats();
      for (const [instrument, read] of reads) {
        const values = read(now);
        if (typeof values === 'number') result.observe(instrument, values);
        else
          for (const [name, value] of values.of) result.observe(instrument, value, { [values.label]: name });
      }
    },
    reads.map(([instrument]) => instrument),
  );
}

/** One value, or one for each value of a label. */
type Values =
  | number
  | { readonly label: string; readonly of: readonly (readonly [name: string, value: number])[] };
