import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { context, createContextKey } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { configure } from '../configure.ts';
import { flush } from '../lifecycle.ts';
import { type FakeService, startFakeService } from '../testing/fake-service.ts';
import { trace } from '../trace.ts';
import type { OutgoingSpan } from './outgoing-span.ts';
import { start, type Telemetry } from './start.ts';
import { TraceExporter } from './trace-exporter.ts';

let service: FakeService;
let directory: string;
let telemetry: Telemetry | undefined;
const exporters: TraceExporter[] = [];

beforeEach(async () => {
  service = await startFakeService();
  directory = mkdtempSync(join(tmpdir(), 'tracelore-exporter-'));
});
afterEach(async () => {
  await telemetry?.shutdown();
  telemetry = undefined;
  for (const made of exporters.splice(0)) made.close();
  await service.close();
  rmSync(directory, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

function exporter(timeoutMs: number = 10_000, url: string = service.url): TraceExporter {
  const config = configure({ otlpEndpoint: url, otlpTimeoutMs: timeoutMs });
  const made = new TraceExporter(config, 4);
  exporters.push(made);
  return made;
}

const SPAN: OutgoingSpan = {
  name: 'one',
  kind: 0,
  spanContext: () => ({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }),
  parentSpanContext: undefined,
  startTime: [1, 0],
  endTime: [2, 0],
  status: { code: 0 },
  attributes: {},
  links: [],
  events: [],
  resource: { attributes: {} },
  instrumentationScope: { name: 's' },
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
};

describe('the standard environment', () => {
  it('settings of the OTLP exporter reach the wire, for live and for spooled spans', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', service.url);
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-tenant=blue%20team,X-Other=1');
    vi.stubEnv('OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'x-other=2');
    vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', 'gzip');
    telemetry = start({ spoolDirectory: directory });
    trace('live', () => {})();
    await flush();
    service.answerWith(() => ({ status: 503 }));
    trace('spooled', () => {})();
    await telemetry.shutdown();
    service.answerWith(undefined);
    telemetry = start({ spoolDirectory: directory });
    await service.until(() => service.spans.length === 2);
    expect(service.spans.map((span) => span.name)).toEqual(['live', 'spooled']);
    for (const { headers } of service.requests) {
      expect(headers).toMatchObject({
        'x-tenant': 'blue team',
        'x-other': '2',
        'content-encoding': 'gzip',
        'content-type': 'application/json',
      });
    }
  });

  it('resource detectors are those that OpenTelemetry has, unless the environment chooses others', async () => {
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'k8s.pod.name=p1,os.type=mine');
    telemetry = start({ otlpEndpoint: service.url, spoolDirectory: directory });
    trace('all', () => {})();
    await telemetry.shutdown();
    vi.stubEnv('OTEL_NODE_RESOURCE_DETECTORS', 'host');
    telemetry = start({ otlpEndpoint: service.url, spoolDirectory: directory });
    trace('host', () => {})();
    await telemetry.shutdown();
    const [all, host] = service.spans.map((span) => span.resource);
    expect(all).toMatchObject({ 'k8s.pod.name': 'p1', 'os.type': 'mine', 'process.pid': process.pid });
    expect(all?.['service.instance.id']).toEqual(expect.any(String));
    expect(host?.['host.name']).toEqual(expect.any(String));
    expect(host?.['process.pid']).toBeUndefined();
  });

  it('a certificate that cannot be read is refused at the start', () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_CERTIFICATE', '/nowhere/ca.pem');
    expect(() => start({ otlpEndpoint: 'https://127.0.0.1:1', spoolDirectory: directory })).toThrow(
      /OTEL_EXPORTER_OTLP_CERTIFICATE: expected a readable PEM file, got \/nowhere\/ca.pem/u,
    );
  });
});

describe('one export', () => {
  it.each([
    [{ status: 200 }, { kind: 'delivered', rejected: 0 }],
    [
      { status: 202, body: 'thanks' },
      { kind: 'delivered', rejected: 0 },
    ],
    [
      { status: 200, body: { partialSuccess: { rejectedSpans: '1', errorMessage: 'too old' } } },
      { kind: 'delivered', rejected: 1, message: 'too old' },
    ],
    [
      { status: 503, headers: { 'retry-after': '7' } },
      { kind: 'retry', afterMs: 7_000 },
    ],
    [{ status: 429 }, { kind: 'retry', afterMs: undefined }],
    [{ status: 408 }, { kind: 'retry' }],
    [{ status: 413 }, { kind: 'too_large' }],
    [
      { status: 400, body: { message: 'no' } },
      { kind: 'refused', message: expect.stringContaining('no') },
    ],
    [{ status: 401 }, { kind: 'refused' }],
  ])('%o is judged by its status, after one request', async (answer, result) => {
    service.answerWith(() => answer);
    expect(await exporter().export([SPAN])).toMatchObject(result);
    expect(service.requests).toHaveLength(1);
  });

  it('ends at the time limit', async () => {
    service.answerWith(() => new Promise(() => {}));
    expect(await exporter(50).export([SPAN])).toMatchObject({ kind: 'retry', afterMs: undefined });
    expect(service.requests).toHaveLength(1);
  });

  it('fails at once when nobody listens', async () => {
    await service.close();
    const result = await exporter(600_000).export([SPAN]);
    expect(result).toMatchObject({ kind: 'retry', message: expect.stringContaining('ECONNREFUSED') });
    service = await startFakeService();
  });

  it('is repeated on a new connection when the collector has closed the idle one', async () => {
    const answered = new WeakSet<Socket>();
    let requests = 0;
    const server = createServer((request, response) => {
      requests += 1;
      if (answered.has(request.socket)) request.socket.destroy();
      else response.end('{}');
      answered.add(request.socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const made = exporter(10_000, `http://127.0.0.1:${port}`);
    expect(await made.export([SPAN])).toMatchObject({ kind: 'delivered' });
    expect(await made.export([SPAN])).toMatchObject({ kind: 'delivered' });
    expect(requests).toBe(3);
    made.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is itself not traced', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const key = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
    const suppressed: unknown[] = [];
    const look = (): void => void suppressed.push(context.active().getValue(key));
    subscribe('http.client.request.created', look);
    const made = exporter();
    await made.export([SPAN]);
    await made.resend(made.encode([SPAN]));
    unsubscribe('http.client.request.created', look);
    context.disable();
    expect(suppressed).toEqual([true, true]);
  });

  it('has the bytes that the same spans have when they are spooled', async () => {
    const made = exporter();
    await made.export([SPAN]);
    expect(made.encode([SPAN])).toBe(JSON.stringify(service.bodies('/v1/traces')[0]));
  });
});
