import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { context, propagation, trace as otel } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AlwaysOffSampler,
  InMemorySpanExporter,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ATTR } from '../contract/attributes.ts';
import { getKnowledge } from '../knowledge.ts';
import { flush } from '../lifecycle.ts';
import { currentRun, recordOutcome } from '../outcome.ts';
import { tracer } from '../framework-tracer.ts';
import { type FakeService, startFakeService } from '../testing/fake-service.ts';
import type { ReceivedSpan } from '../testing/received-span.ts';
import { trace } from '../trace.ts';
import { start, type StartOptions, type Telemetry, traceloreSpanProcessor } from './start.ts';

let service: FakeService;
let directory: string;
let telemetry: Telemetry | undefined;
let hostSpans: InMemorySpanExporter;

beforeEach(async () => {
  service = await startFakeService();
  directory = mkdtempSync(join(tmpdir(), 'tracelore-host-'));
  hostSpans = new InMemorySpanExporter();
});
afterEach(async () => {
  await telemetry?.shutdown();
  telemetry = undefined;
  otel.disable();
  context.disable();
  propagation.disable();
  await service.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The application's own OpenTelemetry. */
function registerHost(host: { sampler?: Sampler; processors?: SpanProcessor[] } = {}): void {
  const { sampler, processors = [] } = host;
  const provider = new TracerProvider({
    ...(sampler === undefined ? {} : { sampler }),
    spanProcessors: [new SimpleSpanProcessor({ exporter: hostSpans }), ...processors],
  });
  expect(otel.setGlobalTracerProvider(provider)).toBe(true);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

function options(): StartOptions {
  return { apiUrl: service.url, otlpEndpoint: service.url, spoolDirectory: directory };
}

function ours(name: string): ReceivedSpan {
  const found = service.spans.filter((span) => span.name === name);
  const [only] = found;
  if (only === undefined || found.length !== 1) throw new Error(`${found.length} spans named ${name}`);
  return only;
}

const hostNames = (): string[] => hostSpans.getFinishedSpans().map((span) => span.name);

/** A request of the host with an agent inside that calls the host's instrumented code. */
function handleRequest(): unknown {
  const database = (): void => otel.getTracer('db').startActiveSpan('SELECT', (span) => span.end());
  const agent = trace('agent', () => {
    database();
    return trace('tool', () => currentRun()?.id, { kind: 'tool' })();
  });
  return otel.getTracer('http').startActiveSpan('GET /', (span) => {
    const run = agent();
    span.end();
    return run;
  });
}

describe('next to a provider of the host', () => {
  it.each(['before', 'after'])('registered %s: ours arrive once, theirs are unchanged', async (order) => {
    if (order === 'before') registerHost();
    telemetry = start(options());
    if (order === 'after') registerHost();
    const run = handleRequest();
    await telemetry.flush();
    expect(hostNames().sort()).toEqual(['GET /', 'SELECT']);
    const [select, request] = hostSpans.getFinishedSpans();
    // The host's tree is whole: nothing of ours stands between its spans.
    expect(select?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
    expect(select?.attributes).toEqual({});
    expect(service.spans.map((span) => span.name).sort()).toEqual(['agent', 'tool']);
    // Ours continue the host's trace.
    expect(ours('agent').traceId).toBe(request?.spanContext().traceId);
    expect(ours('tool').parentSpanId).toBe(ours('agent').spanId);
    expect(ours('tool').attributes[ATTR.runId]).toBe(run);
  });

  it("does not lose its spans to the host's sampler", async () => {
    registerHost({ sampler: new AlwaysOffSampler() });
    telemetry = start(options());
    handleRequest();
    await telemetry.flush();
    expect(hostNames()).toEqual([]);
    expect(service.spans.map((span) => span.name).sort()).toEqual(['agent', 'tool']);
  });

  it("gives frameworks a tracer whose spans stand in our tree, not in the host's", async () => {
    registerHost();
    telemetry = start(options());
    service.serveKnowledge(() => ({
      text: 'x',
      items: [{ id: 'r', version: 1, kind: 'skill', content: 'x', appliesWhen: 'y', pinned: false }],
      decision: 'd',
      snapshot: 1,
      arm: 'served',
    }));
    await trace('agent', async () => {
      await getKnowledge('t');
      await tracer().startActiveSpan('framework', {}, async (outer) => {
        await Promise.resolve();
        tracer()
          .startSpan('chat', { attributes: { [ATTR.operation]: 'chat' } })
          .end();
        trace('tool', () => {})();
        outer.end();
      });
    })();
    await telemetry.flush();
    expect(hostNames()).toEqual([]);
    const run = ours('agent').attributes[ATTR.runId];
    expect(ours('framework').parentSpanId).toBe(ours('agent').spanId);
    for (const name of ['chat', 'tool']) {
      expect(ours(name).parentSpanId).toBe(ours('framework').spanId);
      expect(ours(name).attributes[ATTR.runId]).toBe(run);
    }
    expect(ours('chat').attributes).toMatchObject({
      [ATTR.knowledgeDecision]: 'd',
      [ATTR.knowledgeItems]: ['r@1'],
    });
    expect(ours('framework').attributes[ATTR.knowledgeDecision]).toBeUndefined();
  });
});

describe('without start()', () => {
  it("records through the application's provider, as parents of its spans", () => {
    registerHost();
    const run = handleRequest();
    const byName = new Map(hostSpans.getFinishedSpans().map((span) => [span.name, span]));
    expect([...byName.keys()].sort()).toEqual(['GET /', 'SELECT', 'agent', 'tool']);
    const id = (name: string): string | undefined => byName.get(name)?.spanContext().spanId;
    expect(byName.get('agent')?.parentSpanContext?.spanId).toBe(id('GET /'));
    expect(byName.get('SELECT')?.parentSpanContext?.spanId).toBe(id('agent'));
    expect(byName.get('tool')?.parentSpanContext?.spanId).toBe(id('agent'));
    expect(byName.get('tool')?.attributes[ATTR.runId]).toBe(run);
  });

  it("flush() flushes the application's provider, and stops waiting for it at the deadline", async () => {
    let flushed = 0;
    const processor = {
      onStart: () => {},
      onEnd: () => {},
      forceFlush: async () => void (flushed += 1),
      shutdown: async () => {},
    };
    registerHost({ processors: [processor] });
    expect(await flush()).toEqual({ complete: true, pending: 0 });
    expect(flushed).toBe(1);
    processor.forceFlush = () => new Promise(() => {});
    expect(await flush(20)).toEqual({ complete: false, pending: 0 });
  });

  it('runs the host unchanged when there is no provider at all', () => {
    expect(trace('agent', (n: number) => n * 2)(4)).toBe(8);
    expect(trace('agent', () => recordOutcome({ passed: true }))()).toEqual(expect.any(String));
  });
});

describe('inside a provider of the host', () => {
  it('the span processor delivers agent spans and marks foreign ones with their run', async () => {
    registerHost({ processors: [traceloreSpanProcessor(options())] });
    const run = handleRequest();
    await flush();
    expect(service.spans.map((span) => span.name).sort()).toEqual(['SELECT', 'agent', 'tool']);
    expect(ours('SELECT').attributes[ATTR.runId]).toBe(run);
    expect(ours('SELECT').scope).toBe('db');
    expect(hostNames()).toHaveLength(4);
  });

  it('a filter chooses what is delivered', async () => {
    registerHost({
      processors: [traceloreSpanProcessor({ ...options(), filter: (span) => span.name === 'GET /' })],
    });
    handleRequest();
    await flush();
    expect(service.spans.map((span) => span.name)).toEqual(['GET /']);
  });
});

describe("as the process's OpenTelemetry", () => {
  it('records spans of other instrumentation with their run', async () => {
    telemetry = start({ ...options(), register: true, serviceName: 'svc' });
    const run = handleRequest();
    await telemetry.flush();
    expect(service.spans.map((span) => span.name).sort()).toEqual(['GET /', 'SELECT', 'agent', 'tool']);
    expect(ours('SELECT').parentSpanId).toBe(ours('agent').spanId);
    expect(ours('SELECT').attributes[ATTR.runId]).toBe(run);
    expect(ours('GET /').resource['service.name']).toBe('svc');
    expect(ours('GET /').attributes[ATTR.runId]).toBeUndefined();
  });

  it('leaves a registered host alone even when asked to register', async () => {
    registerHost();
    telemetry = start({ ...options(), register: true });
    handleRequest();
    await telemetry.flush();
    expect(hostNames().sort()).toEqual(['GET /', 'SELECT']);
    expect(service.spans).toHaveLength(2);
  });
});

describe('switched off', () => {
  it('does nothing at all', async () => {
    telemetry = start({ ...options(), disabled: true });
    const result = { a: 1 };
    expect(trace('agent', () => result)()).toBe(result);
    expect(trace('agent', () => currentRun())()).toBeUndefined();
    expect(await getKnowledge('t')).toBe('');
    expect(recordOutcome({ passed: true }, { run: 'r' })).toBeUndefined();
    expect(await telemetry.flush()).toEqual({ complete: true, pending: 0 });
    expect(service.requests).toEqual([]);
  });
});

describe('start', () => {
  it('refuses a configuration with problems, whole', () => {
    expect(() => start({ apiUrl: 'nowhere', knowledgeDeadlineMs: -1 })).toThrow(
      /apiUrl: expected an http.* URL.*knowledgeDeadlineMs: expected an integer/u,
    );
  });

  it('twice is once', async () => {
    telemetry = start(options());
    expect(start(options())).toBe(telemetry);
    trace('agent', () => {})();
    await telemetry.flush();
    expect(service.spans).toHaveLength(1);
  });
});
