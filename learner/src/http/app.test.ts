import { KeyRing, type AuditEntry } from '@tracelore/collector/store';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { resolveConfig } from '../config.ts';
import { LearnerError } from '../errors.ts';
import { createAccess } from './access.ts';
import { createApp, type App } from './app.ts';
import { endpoint, NO_BODY, NO_QUERY } from './endpoint.ts';
import { json } from './problem.ts';
import { BODY_BYTES_MAX } from './read-body.ts';
import type { Check } from './readiness.ts';
import { bodyRedactor } from './redact-body.ts';
import { listen } from './server.ts';
import { TextAnswer } from './text-answer.ts';

interface Given {
  readonly app: App;
  readonly recorded: AuditEntry[];
  readonly reported: string[];
  /** Method, route and status of each request. */
  readonly timed: string[];
}

/** An app with an endpoint that answers what it was given, and one that throws. */
function given(thrown?: unknown, ring: KeyRing = new KeyRing([]), checks: readonly Check[] = []): Given {
  const reported: string[] = [];
  const timed: string[] = [];
  const recorded: AuditEntry[] = [];
  const echo = endpoint({
    method: 'POST',
    path: '/v1/echo/{id}',
    summary: 'Echo.',
    body: z.object({ n: z.int().max(9), word: z.string().optional() }),
    query: z.strictObject({ loud: z.string().optional() }),
    answer: ({ project, body, query, parameter }) => json({ project, body, query, id: parameter('id') }),
  });
  const broken = endpoint({
    method: 'GET',
    path: '/v1/broken',
    summary: 'Throws.',
    body: NO_BODY,
    query: NO_QUERY,
    answer: () => {
      throw thrown;
    },
  });
  const plain = endpoint({
    method: 'GET',
    path: '/v1/text',
    summary: 'Text.',
    body: NO_BODY,
    query: NO_QUERY,
    answer: () => new TextAnswer('Zwölf', { 'content-type': 'text/plain; charset=utf-8', 'x-part': '1' }),
  });
  const app = createApp({
    endpoints: [echo, broken, plain],
    access: createAccess({ ring, defaultProject: 'default' }),
    redact: bodyRedactor(resolveConfig({}).redaction),
    record: async (entry) => void recorded.push(entry),
    readiness: () => Promise.resolve(checks),
    report: (text) => void reported.push(text),
    newId: () => 'abcdef0123456789',
    metrics: { contentType: 'text/plain', render: () => Promise.resolve('things 3\n') },
    times: (route, method, status) => void timed.push(`${method} ${route} ${status}`),
    version: '1.2.3',
  });
  return { app, reported, recorded, timed };
}

function post(app: App, path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  const all = { 'content-type': 'application/json', host: 'localhost', ...headers };
  return Promise.resolve(app.request(path, { method: 'POST', body, headers: all }));
}

describe('requests', () => {
  test('a good one reaches its endpoint, with its project', async () => {
    const response = await post(given().app, '/v1/echo/7?loud=yes&project=web', '{"n":1,"extra":true}');
    expect(await response.json()).toEqual({
      project: 'web',
      body: { n: 1 },
      query: { loud: 'yes' },
      id: '7',
    });
    const nulls = await post(given().app, '/v1/echo/7', '{"n":1,"word":null}');
    expect(await nulls.json()).toMatchObject({ body: { n: 1 } });
    const inBody = await post(given().app, '/v1/echo/7', '{"n":1,"project":"shop"}');
    expect(await inBody.json()).toMatchObject({ project: 'shop' });
  });

  test.each<[string, string, string, Record<string, string>, number, string]>([
    ['every wrong field', '/v1/echo/1', '{"n":10.5,"word":3}', {}, 400, 'has 2 problems: n: '],
    ['the wrong value', '/v1/echo/1', '{"n":10}', {}, 400, ', got 10.'],
    ['broken JSON', '/v1/echo/1', '{"n":', {}, 400, 'body: not JSON'],
    ['another type', '/v1/echo/1', 'n=1', { 'content-type': 'text/plain' }, 415, 'got "text/plain"'],
    ['unknown query', '/v1/echo/1?lowd=1', '{"n":1}', {}, 400, 'lowd'],
    ['unknown path', '/v1/nothing', '{}', {}, 404, 'There is no POST /v1/nothing'],
    ['wrong method', '/v1/broken', '{}', {}, 405, '/v1/broken takes GET, not POST'],
    ['large body', '/v1/echo/1', `"${'x'.repeat(BODY_BYTES_MAX)}"`, {}, 413, 'larger than 16777216 bytes'],
    ['two projects', '/v1/echo/1?project=a', '{"n":1,"project":"b"}', {}, 400, 'two projects'],
    ['newer contract', '/v1/echo/1', '{"n":1}', { 'x-tracelore-contract': '2' }, 400, 'up to 1, got "2"'],
    ['foreign host', '/v1/echo/1', '{"n":1}', { host: 'evil.example' }, 403, 'evil.example'],
  ])('%s: a problem that says so', async (_name, path, body, headers, status, detail) => {
    const response = await post(given().app, path, body, headers);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      status,
      type: expect.stringMatching(/^urn:tracelore:problem:\w+$/),
      title: expect.any(String),
      detail: expect.stringContaining(detail),
    });
    expect(response.status).toBe(status);
  });

  test('a body without a length is counted while it comes', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(1_048_576));
    let sent = 0;
    const body = new ReadableStream({
      pull: (controller) => (sent++ < 20 ? controller.enqueue(chunk) : controller.close()),
    });
    const headers = { 'content-type': 'application/json', host: 'localhost' };
    const request = new Request('http://localhost/v1/echo/1', {
      method: 'POST',
      body,
      headers,
      duplex: 'half',
    });
    expect((await given().app.request(request)).status).toBe(413);
  });
});

describe('failures', () => {
  test('an expected one keeps its words and its status', async () => {
    const { app, reported } = given(new LearnerError('conflict', 'A pass is running.'));
    const response = await app.request('/v1/broken');
    expect(await response.json()).toMatchObject({ status: 409, detail: 'A pass is running.' });
    expect(reported).toEqual([]);
  });

  test('an unexpected one is told to the operator, not to the client', async () => {
    const { app, reported } = given(new Error('password=hunter2'));
    const response = await app.request('/v1/broken');
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).toContain('abcdef01');
    expect(text).not.toContain('hunter2');
    expect(reported.join('\n')).toMatch(/abcdef01[^]*hunter2[^]*app\.test\.ts/);
  });
});

test('the OpenAPI document comes from the schemas', async () => {
  const response = await given().app.request('/openapi.json');
  expect(await response.json()).toMatchObject({
    openapi: '3.1.0',
    info: { version: '1.2.3' },
    paths: {
      '/v1/echo/{id}': {
        post: {
          parameters: [
            { name: 'id', in: 'path', required: true },
            { name: 'loud', in: 'query', required: false },
          ],
          requestBody: {
            content: {
              'application/json': { schema: { required: ['n'], properties: { n: { maximum: 9 } } } },
            },
          },
        },
      },
    },
  });
});

test('requests are timed by route and status', async () => {
  const { app, timed } = given(new TypeError('boom'));
  await post(app, '/v1/echo/7', '{"n":1}');
  await post(app, '/v1/echo/8', 'not JSON');
  await app.request('/v1/broken');
  await app.request('/v1/nothing');
  expect(timed).toEqual([
    'POST /v1/echo/{id} 200',
    'POST /v1/echo/{id} 400',
    'GET /v1/broken 500',
    'GET other 404',
  ]);
});

test('health, readiness and metrics', async () => {
  const { app } = given();
  const metrics = await app.request('/metrics');
  expect(await metrics.text()).toBe('things 3\n');
  expect((await app.request('/healthz', { headers: { host: 'anything' } })).status).toBe(200);
  expect((await app.request('/readyz')).status).toBe(200);
});

describe('what is for admins', () => {
  const KEY = 'a-key-of-enough-length';
  const ring = new KeyRing([{ key: KEY, project: 'shop' }]);

  test('an operation nobody listed is for admins, and what they do is written down', async () => {
    const { app, recorded } = given(undefined, ring);
    const authorization = `Bearer ${KEY}`;
    expect((await post(app, '/v1/echo/7', '{"n":1,"actor":"ann"}', { authorization })).status).toBe(200);
    expect((await post(app, '/v1/echo/8?project=web', '{"n":1}', { authorization })).status).toBe(403);
    expect((await post(app, '/v1/echo/9', '{"n":1}')).status).toBe(401);
    const entry = { action: 'POST /v1/echo/{id}', address: '', detail: '' };
    expect(recorded).toMatchObject([
      { ...entry, project: 'shop', object: '7', actor: 'ann', result: 'done' },
      { ...entry, project: 'shop', object: '8', actor: '', result: 'refused' },
      { ...entry, project: '*', object: '', keyId: '', result: 'refused', detail: 'no valid API key' },
    ]);
  });

  test('a failed one is written down as failed', async () => {
    const { app, recorded } = given(new LearnerError('conflict', 'A pass is running.'), ring);
    await app.request('/v1/broken', { headers: { 'x-api-key': KEY } });
    expect(recorded).toMatchObject([{ action: 'GET /v1/broken', result: 'failed' }]);
  });

  test('a stranger learns which part is not ready, and not why', async () => {
    const full = { name: 'disk', state: 'failing', detail: 'the disk of /secret/place is full' } as const;
    const { app } = given(undefined, ring, [full]);
    const stranger = await app.request('/readyz');
    expect(stranger.status).toBe(503);
    expect(await stranger.json()).toMatchObject({ detail: 'disk', checks: [{ ...full, detail: '' }] });
    const operator = await app.request('/readyz', { headers: { 'x-api-key': KEY } });
    expect(await operator.json()).toMatchObject({ checks: [full] });
  });

  test('every answer is data to a browser and nothing else', async () => {
    const { app } = given(undefined, ring);
    for (const path of ['/healthz', '/v1/broken', '/v1/nothing']) {
      const { headers } = await app.request(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.has('strict-transport-security')).toBe(false);
    }
    const secure = await app.request('https://tracelore.example/healthz');
    expect(secure.headers.get('strict-transport-security')).toBe('max-age=31536000');
  });
});

test('a text is the same from a server as from the app alone, and so are its headers', async () => {
  const { app, timed } = given();
  const server = await listen(app, '127.0.0.1', 0);
  const answers = [await app.request('/v1/text', { headers: { host: 'localhost' } })];
  for (let repeat = 0; repeat < 2; repeat += 1) answers.push(await fetch(`${server.url}/v1/text`));
  const got = await Promise.all(
    answers.map(async (answer) => {
      const headers = new Map(answer.headers);
      for (const ofConnection of ['connection', 'keep-alive', 'date', 'content-length'])
        headers.delete(ofConnection);
      return { text: await answer.text(), status: answer.status, headers };
    }),
  );
  await server.close(1_000);
  expect(got[0]).toMatchObject({ text: 'Zwölf', status: 200 });
  expect(got[0]?.headers.get('x-frame-options')).toBe('DENY');
  expect(got.slice(1)).toEqual([got[0], got[0]]);
  expect(answers[1]?.headers.get('content-length')).toBe('6');
  expect(timed).toEqual(Array(3).fill('GET /v1/text 200'));
});
