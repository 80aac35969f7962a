import { ATTR } from '@tracelore/sdk/contract';
import type { Batch, DecodedLog, LogRecord, OutcomeRecord, SpanRecord } from '../records.ts';
import { LOG_DIALECT } from './agent-events.ts';
import { bounded, storedTexts, textOf } from './attribute-text.ts';
import { readText } from './canonical-fields.ts';
import { eventNameOf, logSpans } from './log-spans.ts';
import { normalizeSpans } from './normalize-span.ts';
import { logOutcome } from './outcomes.ts';
import { plausibleTime } from './times.ts';

/** Records of one request's log records, the outcomes among them, and the spans of agents that they tell of. */
export function normalizeLogs(
  logs: readonly DecodedLog[],
  projectOf: (log: DecodedLog) => string,
  receivedAtMs: number,
): Batch {
  const records: LogRecord[] = [];
  const outcomes: OutcomeRecord[] = [];
  for (const log of logs) {
    const record = normalizeLog(log, projectOf(log), receivedAtMs);
    records.push(record);
    const outcome = logOutcome(record, log.attributes);
    if (outcome !== undefined) outcomes.push(outcome);
  }
  return { logs: records, outcomes, spans: toldSpans(logs, projectOf, receivedAtMs) };
}

function toldSpans(
  logs: readonly DecodedLog[],
  projectOf: (log: DecodedLog) => string,
  receivedAtMs: number,
): SpanRecord[] {
  const told = logSpans(logs);
  if (told.length === 0) return [];
  const projects = new Map(logs.map((log) => [log.resource, projectOf(log)]));
  const { spans } = normalizeSpans(told, ({ resource }) => projects.get(resource) ?? '', receivedAtMs);
  return spans.map((span) => ({ ...span, dialect: LOG_DIALECT }));
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
    eventName: eventNameOf(log),
    body: bounded(textOf(log.body)),
    scopeName: log.scope.name,
    scopeVersion: log.scope.version,
    attributes: storedTexts(log.attributes),
    resourceAttributes: storedTexts(log.resource.attributes),
    scopeAttributes: storedTexts(log.scope.attributes),
    receivedAtMs,
  };
}
