import { expect, it } from 'vitest';

import { stats } from './diagnostics.ts';
import { trace } from './trace.ts';

const REGISTRY = Symbol.for('opentelemetry.js.api.1');

it('says when the application set OpenTelemetry up through an older copy of its API', () => {
  Reflect.set(globalThis, REGISTRY, { version: '1.0.0', trace: {} });
  expect(trace((n: number) => n + 1)(1)).toBe(2);
  expect(trace((n: number) => n + 1)(1)).toBe(2);
  Reflect.deleteProperty(globalThis, REGISTRY);
  expect(stats().faults['api_copies']).toBe(1);
});
