import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { configure } from '../configure.ts';
import { stats } from '../diagnostics.ts';
import { type FakeService, startFakeService } from '../testing/fake-service.ts';
import { SpanDelivery } from './delivery.ts';
import type { EndedSpan } from './ended-span.ts';

let service: FakeService;
let directory: string;
const deliveries: SpanDelivery[] = [];

beforeEach(async () => {
  service = await startFakeService();
  directory = mkdtempSync(join(tmpdir(), 'tracelore-delivery-'));
});
afterEach(async () => {
  await Promise.all(deliveries.splice(0).map((made) => made.shutdown(0)));
  await service.close();
  rmSync(directory, { recursive: true, force: true });
});

function delivery(timeoutMs: number = 10_000): SpanDelivery {
  const config = configure({
    otlpEndpoint: service.url,
    apiKey: 'key',
    project: 'p',
    otlpTimeoutMs: timeoutMs,
    spoolDirectory: join(directory, 'spool'),
    otlpHeaders: { 'x-tenant': 't' },
  });
  const made = new SpanDelivery(config, {
    attributes: { 'service.name': 'test' },
    settled: Promise.resolve(),
  });
  deliveries.push(made);
  return made;
}

function span(n: number, bytes: number = 10): EndedSpan {
  const id = n.toString(16).padStart(16, '0');
  return {
    name: `span ${n}`,
    kind: 0,
    spanContext: () => ({ traceId: id + id, spanId: id, traceFlags: 1 }),
    startTime: [1, 0],
    endTime: [2, 0],
    status: { code: 0 },
    attributes: { filler: 'x'.repeat(bytes) },
    links: [],
    events: [],
    resource: { attributes: {} },
  };
}

function add(target: SpanDelivery, count: number, bytes?: number): void {
  for (let n = 1; n <= count; n += 1) target.add(span(n, bytes));
}

const received = (): number => new Set(service.spans.map((one) => one.spanId)).size;
const lost = (): number => Object.values(stats().dropped).reduce((sum, n) => sum + n, 0);

describe('delivery', () => {
  it('delivers a burst of 20,000 spans whole, in requests of bounded size', async () => {
    const target = delivery();
    add(target, 20_000);
    expect(await target.flush(30_000)).toEqual({ complete: true, pending: 0 });
    expect(received()).toBe(20_000);
    const request = service.requests[0];
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer key',
      'x-tenant': 't',
      'x-tracelore-project': 'p',
      'content-type': 'application/json',
    });
    expect(service.spans[0]?.resource).toEqual({ 'service.name': 'test' });
    expect(service.requests.length).toBeGreaterThanOrEqual(40);
  });

  it('sends without being asked once spans have waited a moment', async () => {
    add(delivery(), 3);
    await service.until(() => received() === 3);
    expect(received()).toBe(3);
  });

  it.each([429, 502, 503, 504])(
    'keeps spans on %i and delivers them when the collector recovers',
    async (status) => {
      const target = delivery();
      service.answerWith(() => ({ status, headers: { 'retry-after': '1' } }));
      add(target, 600);
      expect(await target.flush(5_000)).toEqual({ complete: false, pending: 600 });
      service.answerWith(undefined);
      expect(await target.flush(5_000)).toEqual({ complete: true, pending: 0 });
      expect(received()).toBe(600);
    },
  );

  it('returns at the deadline when the collector does not answer, and loses nothing', async () => {
    const target = delivery();
    service.answerWith(() => new Promise(() => {}));
    add(target, 10);
    expect(await target.flush(30)).toEqual({ complete: false, pending: 10 });
    service.answerWith(undefined);
    await target.shutdown(0);
    const next = delivery();
    await service.until(() => received() === 10);
    expect(next.pending).toBe(0);
  });

  it('spools at shutdown when nobody listens; the next start delivers', async () => {
    const port = Number(new URL(service.url).port);
    await service.close();
    const target = delivery();
    add(target, 1_000);
    const spooled = stats().spooled;
    expect(await target.shutdown(5_000)).toEqual({ complete: true, pending: 0 });
    expect(stats().spooled - spooled).toBe(1_000);
    service = await startFakeService(port);
    const exported = stats().exported;
    delivery();
    await service.until(() => received() === 1_000);
    expect(stats().exported - exported).toBeLessThanOrEqual(1_000);
  });

  it('moves what memory cannot hold to the spool and still delivers all of it', async () => {
    const port = Number(new URL(service.url).port);
    await service.close();
    const target = delivery();
    const before = { spooled: stats().spooled, lost: lost() };
    add(target, 900, 40_000);
    expect(stats().spooled).toBeGreaterThan(before.spooled);
    expect(target.pending).toBeLessThan(900);
    await target.flush(1_000);
    service = await startFakeService(port);
    await target.flush(20_000);
    await service.until(() => received() === 900);
    expect(lost()).toBe(before.lost);
  });

  it('halves requests that are too large', async () => {
    const target = delivery();
    service.answerWith((request) =>
      JSON.stringify(request.body).length > 20_000 ? { status: 413 } : undefined,
    );
    add(target, 300);
    expect(await target.flush(10_000)).toEqual({ complete: true, pending: 0 });
    expect(received()).toBe(300);
  });

  it('counts what the collector refuses, whole or in part, and does not try again', async () => {
    const target = delivery();
    const before = { lost: lost(), exported: stats().exported };
    service.answerWith(() => ({
      status: 200,
      body: { partialSuccess: { rejectedSpans: '2', errorMessage: 'bad' } },
    }));
    add(target, 10);
    await target.flush(5_000);
    service.answerWith(() => ({ status: 400 }));
    add(target, 5);
    await target.flush(5_000);
    expect(target.pending).toBe(0);
    expect(lost() - before.lost).toBe(7);
    expect(stats().exported - before.exported).toBe(8);
    expect(service.requests).toHaveLength(2);
  });

  it('sends no secret, in whatever part of a span it stands', async () => {
    const target = delivery();
    const secret = ['sk-', 'a1B2'.repeat(8)].join('');
    target.add({
      ...span(1),
      name: `call ${secret}`,
      attributes: { messages: JSON.stringify([{ content: `key=${secret}` }]), list: [secret] },
      events: [{ name: 'exception', time: [1, 0], attributes: { 'exception.message': `Bearer ${secret}` } }],
    });
    await target.flush(5_000);
    expect(received()).toBe(1);
    expect(JSON.stringify(service.bodies('/v1/traces'))).not.toContain(secret);
    expect(service.spans[0]?.attributes['messages']).toBe('[{"content":"key=[redacted]"}]');
  });

  it('counts spans that end after shutdown', async () => {
    const target = delivery();
    await target.shutdown(1_000);
    const before = lost();
    add(target, 4);
    expect(lost() - before).toBe(4);
  });
});
