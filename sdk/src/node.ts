export { type FlushResult } from './lifecycle.ts';
export { type EndedSpan } from './node/ended-span.ts';
export { openBackend, type OpenBackend } from './node/open-backend.ts';
export { type RunSpanProcessor, type SpanFilter } from './node/span-processor.ts';
export {
  type SpanProcessorOptions,
  start,
  type StartOptions,
  type Telemetry,
  traceloreSpanProcessor,
} from './node/start.ts';
