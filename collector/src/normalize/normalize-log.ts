import { ATTR } from '@tracelore/sdk/contract';
import type { DecodedLog, LogRecord, OutcomeRecord } from '../records.ts';
import { bounded, storedTexts, textOf } from './attribute-text.ts';
import { readText } from './canonical-fields.ts';
import { logOutcome } from './outcomes.ts';
import { plausibleTime } from './times.ts';

/** Records of one request's log records, and the outcomes among them. */
export function normalizeLogs(
  logs: readonly DecodedLog[],
  projectOf: (log: DecodedLog) => string,
  receivedAtMs: number,
): { readonly logs: LogRecord[]; readonly outcomes: OutcomeRecord[] } {
  const records: LogRecord[] = [];
  const outcomes: OutcomeRecord[] = [];
  for (const log of logs) {
    const record = normalizeLog(log, projectOf(log), receivedAtMs);
    records.push(record);
    const outcome = logOutcome(record, log.attributes);
    if (outcome !== undefined) outcomes.push(outcome);
  }
  return { logs: records, outcomes };
}

function normalizeLog(log: DecodedLog, project: string, receivedAtMs: number): LogRecord {
  return {
    project,
    traceId: log.traceId,
    spanId: log.spanId,
    flags: log.flags,
    timeUnixNano: plausibleTime(receivedAtMs, log.timeUnixNano, log.observedTimeUnixNano),
    // The column is 8 bits wide; the protocol defines 0 to 24.
    severityNumber: log.severityNumber > 24 ? 0 : log.severityNumber,
    severityText: log.severityText,
    service: readText(log.resource.attributes.get(ATTR.serviceName) ?? null) ?? '',
    // Before the field existed the name stood among the attributes.
    eventName: log.eventName || (readText(log.attributes.get('event.name') ?? null) ?? ''),
    body: bounded(textOf(log.body)),
    scopeName: log.scope.name,
    scopeVersion: log.scope.version,
    attributes: storedTexts(log.attributes),
    resourceAttributes: storedTexts(log.resource.attributes),
    scopeAttributes: storedTexts(log.scope.attributes),
    receivedAtMs,
  };
}
