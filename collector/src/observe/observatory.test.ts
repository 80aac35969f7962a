import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { createObservatory } from './observatory.ts';
import { observeProcess } from './process-metrics.ts';

const SERVICE = { serviceName: 'tracelore', serviceVersion: '1.2.3' };
const ENDPOINT = 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT';
afterEach(() => {
  delete process.env[ENDPOINT];
});

test('what the process takes', async () => {
  const observatory = createObservatory(SERVICE);
  const stop = observeProcess(observatory.meter);
  const text = await observatory.render();
  stop();
  for (const series of [
    'process_uptime_seconds',
    'process_resident_memory_bytes',
    'process_heap_bytes',
    'process_cpu_seconds_total',
    'tracelore_event_loop_delay_seconds{quantile="0.5"}',
    'tracelore_event_loop_delay_seconds{quantile="1"}',
  ]) {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    expect(Number(line?.slice(series.length))).toBeGreaterThanOrEqual(0);
  }
});

test('metrics are sent by OTLP when asked for, at the latest at the end', async () => {
  const { promise: received, resolve } = Promise.withResolvers<unknown>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await json(request);
    response.end('{}');
    resolve(body);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.env[ENDPOINT] = `http://127.0.0.1:${port}/v1/metrics`;
  const observatory = createObservatory({ ...SERVICE, push: true });
  observatory.meter.createCounter('things').add(2);
  await observatory.shutdown();
  expect(await received).toMatchObject({
    resourceMetrics: [
      {
        resource: {
          attributes: expect.arrayContaining([{ key: 'service.name', value: { stringValue: 'tracelore' } }]),
        },
        scopeMetrics: [{ metrics: [{ name: 'things', sum: { dataPoints: [{ asDouble: 2 }] } }] }],
      },
    ],
  });
  server.close();
  server.closeAllConnections();
});
