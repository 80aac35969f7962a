import { expect, test } from 'vitest';
import { checkTarget } from './open-observatory.ts';

const CONFIG = { host: '127.0.0.1', otlpPort: 4318 };

test('metrics are sent to others only', () => {
  const sentTo = (environment: Record<string, string>) => () => checkTarget(CONFIG, environment);
  expect(
    sentTo({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://metrics.example:4318/v1/metrics' }),
  ).not.toThrow();
  expect(sentTo({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9090' })).not.toThrow();
  expect(sentTo({})).toThrow('set OTEL_EXPORTER_OTLP_METRICS_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT');
  expect(sentTo({ OTEL_EXPORTER_OTLP_ENDPOINT: 'nowhere' })).toThrow('expected a URL');
  // What agents are told in the same shell.
  expect(sentTo({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' })).toThrow('is this service itself');
  // The more special one counts.
  expect(
    sentTo({
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://metrics.example',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
    }),
  ).not.toThrow();
});
