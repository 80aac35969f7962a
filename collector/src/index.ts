export { createCollector, type Collector } from './collector.ts';
export type { CollectorConfig, CollectorStore } from './config.ts';
export type { CollectorStats } from './counters.ts';
export { CollectorError, Refusal, type RefusalCode } from './errors.ts';
export type { Check } from './readiness/readiness.ts';
export { DEFAULT_PROJECT, PROJECT_ATTRIBUTE, PROJECT_HEADER } from './project.ts';
export type { ApiKey } from './tenancy/api-key.ts';
export type { Batch, LogRecord, OutcomeRecord, SpanRecord } from './records.ts';
export type { RedactionOptions, RedactionRule } from './redact/redaction-options.ts';
