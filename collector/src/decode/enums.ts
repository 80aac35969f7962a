import type { OtelSpanKind, SpanStatus } from '../records.ts';

const SPAN_KINDS: readonly OtelSpanKind[] = [
  'Unspecified',
  'Internal',
  'Server',
  'Client',
  'Producer',
  'Consumer',
];
const STATUSES: readonly SpanStatus[] = ['Unset', 'Ok', 'Error'];

/** Numbers that this version does not know read as unspecified. */
export function spanKindOf(value: number): OtelSpanKind {
  return SPAN_KINDS[value] ?? 'Unspecified';
}

export function spanStatusOf(code: number): SpanStatus {
  return STATUSES[code] ?? 'Unset';
}

/** Names that some senders write in JSON although the specification asks for numbers, for example `SPAN_KIND_CLIENT`. */
export function spanKindNumber(name: string): number | undefined {
  return position(SPAN_KINDS, name, 'SPAN_KIND_');
}

export function statusNumber(name: string): number | undefined {
  return position(STATUSES, name, 'STATUS_CODE_');
}

const SEVERITIES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
const SEVERITY_NAME = /^SEVERITY_NUMBER_(?:(UNSPECIFIED)|([A-Z]+?)([2-4]?))$/;

export function severityNumber(name: string): number | undefined {
  const match = SEVERITY_NAME.exec(name);
  if (match === null) return undefined;
  if (match[1] !== undefined) return 0;
  const level = SEVERITIES.findIndex((severity) => severity === match[2]);
  return level < 0 ? undefined : level * 4 + Number(match[3] === '' ? 1 : match[3]);
}

function position(names: readonly string[], name: string, prefix: string): number | undefined {
  const found = names.findIndex((candidate) => prefix + candidate.toUpperCase() === name);
  return found < 0 ? undefined : found;
}
