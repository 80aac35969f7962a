import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, tracelore, type Ended, type Service } from './child.testing.ts';

const MIB = 1_048_576;

let directory: string;
let service: Service;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'hostile-'));
  service = await startService(directory);
});

afterAll(async () => {
  await service.end('SIGKILL');
  await rm(directory, { recursive: true });
});

const JSON_TYPE = { 'content-type': 'application/json' };
const PROTOBUF_TYPE = { 'content-type': 'application/x-protobuf' };

/** Parts of an answer that a sender can act on: status, and the words in its body. */
async function send(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

function span(traceId: string): object {
  const now = BigInt(Date.now()) * 1_000_000n;
  return {
    traceId,
    spanId: traceId.slice(-16),
    name: 'answer',
    startTimeUnixNano: String(now),
    endTimeUnixNano: String(now + 1_000_000n),
  };
}

function exportOf(...spans: object[]): string {
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

type Bad = readonly [
  name: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: () => string | Uint8Array<ArrayBuffer>,
  status: number,
  words: string,
];

test.each<Bad>([
  [
    'bytes that are no protobuf',
    '/v1/traces',
    PROTOBUF_TYPE,
    () => 'hello there',
    400,
    'broken protobuf at byte 3',
  ],
  ['half a JSON text', '/v1/traces', JSON_TYPE, () => '{"resourceSpans":[', 400, 'not valid JSON'],
  ['another JSON text', '/v1/traces', JSON_TYPE, () => '[]', 400, 'not an object with resourceSpans'],
  ['metrics', '/v1/traces', JSON_TYPE, () => '{"resourceMetrics":[]}', 400, 'metrics are not stored'],
  [
    'a form',
    '/v1/traces',
    { 'content-type': 'text/plain' },
    () => 'x',
    415,
    'expected application/x-protobuf',
  ],
  ['an unknown path', '/v2/traces', JSON_TYPE, () => '{}', 404, 'expected POST /v1/traces'],
  ['no gzip', '/v1/traces', { ...JSON_TYPE, 'content-encoding': 'gzip' }, () => '{}', 400, 'not valid gzip'],
  [
    '65 MiB in 64 KiB',
    '/v1/traces',
    { ...PROTOBUF_TYPE, 'content-encoding': 'gzip' },
    () => new Uint8Array(gzipSync(new Uint8Array(65 * MIB))),
    413,
    'inflates to more than 67108864 bytes',
  ],
  ['a bad id', '/v1/traces', JSON_TYPE, () => exportOf(span('zz')), 200, 'spans[0].traceId: not hexadecimal'],
])('the collector is sent %s and says so', async (_name, where, headers, body, status, words) => {
  const answer = await send(`${service.otlp}${where}`, headers, body());
  expect(answer).toEqual({ status, text: expect.stringContaining(words) });
});

test.each<Bad>([
  ['half a JSON text', '/v1/outcomes', JSON_TYPE, () => '[{"run":', 400, 'body: not JSON'],
  ['another type', '/v1/outcomes', PROTOBUF_TYPE, () => '', 415, 'got \\"application/x-protobuf\\"'],
  ['an unknown path', '/v1/nothing', JSON_TYPE, () => '{}', 404, 'GET /openapi.json lists'],
  ['a score of 7', '/v1/outcomes', JSON_TYPE, () => '{"run":"r","score":7}', 422, 'in [0, 1], got 7'],
  ['a kind of its own', '/v1/knowledge', JSON_TYPE, () => '{"kind":"poem"}', 400, 'got \\"poem\\"'],
  [
    'a name for rules',
    '/v1/evals/runs',
    JSON_TYPE,
    () => '{"rules":"all"}',
    400,
    'or a list of at most 1000',
  ],
  [
    'an expectation that no answer can meet',
    '/v1/evals/cases',
    JSON_TYPE,
    () => '{"cases":[{"task":"x","expected":"[1","scorer":"json"}]}',
    200,
    'expected: is not JSON',
  ],
  [
    'quotes and SQL as an id',
    "/v1/knowledge/'; DROP TABLE spans --/approve",
    JSON_TYPE,
    () => '{}',
    404,
    'No rule has an id that starts with',
  ],
])('the API is sent %s and says so', async (_name, where, headers, body, status, words) => {
  const answer = await send(`${service.api}${where}`, headers, body());
  expect(answer).toEqual({ status, text: expect.stringContaining(words) });
});

/** What is answered to a request that only says how large its body will be. */
async function announce(
  url: string,
  type: Readonly<Record<string, string>>,
  bytes: number,
): Promise<{ readonly status: number | undefined; readonly text: string }> {
  const headers = { ...type, 'content-length': String(bytes) };
  const sent = request(url, { method: 'POST', headers, agent: false });
  sent.flushHeaders();
  const [response]: IncomingMessage[] = await once(sent, 'response');
  const answer = { status: response?.statusCode, text: response === undefined ? '' : await text(response) };
  sent.destroy();
  return answer;
}

test('a body that is too large is refused before it is sent', async () => {
  expect(await announce(`${service.otlp}/v1/traces`, PROTOBUF_TYPE, 65 * MIB)).toEqual({
    status: 413,
    text: expect.stringContaining('larger than 67108864 bytes'),
  });
  expect(await announce(`${service.api}/v1/outcomes`, JSON_TYPE, 17 * MIB)).toEqual({
    status: 413,
    text: expect.stringContaining('larger than 16777216 bytes'),
  });
});

describe('the command line', () => {
  const run = (...args: string[]): Promise<Ended> =>
    tracelore(args, directory, { TRACELORE_API_URL: service.api });

  test('a prefix that two runs share is refused with how to go on', async () => {
    const [one, two] = [`beef${'1'.repeat(28)}`, `beef${'2'.repeat(28)}`];
    const sent = await send(`${service.otlp}/v1/traces`, JSON_TYPE, exportOf(span(one), span(two)));
    expect(sent.status).toBe(200);
    const shown = await run('traces', 'show', 'beef');
    expect(shown).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/beef begins several runs, give more characters/),
    });
    expect((await run('traces', 'show', 'beef1')).stdout).toContain(one);
  });

  test('a rule that is too long is refused with its length', async () => {
    const ended = await run('knowledge', 'add', '--when', 'x', '--content', 'y'.repeat(401));
    expect(ended).toMatchObject({
      code: 1,
      stderr: 'tracelore: content: at most 400 characters for a skill, got 401.\n',
    });
  });

  test('another service at the address is recognised', async () => {
    const ended = await run('status', '--url', service.otlp);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('Is --url right?') });
  });

  test('data that has no place is refused without a stack', async () => {
    await writeFile(path.join(directory, 'a-file'), '');
    const up = ['up', '--port', '0', '--otlp-port', '0'];
    const file = await run(...up, '--data', 'a-file');
    expect(file).toMatchObject({ code: 1, stderr: expect.stringContaining('a-file/chdb cannot be created') });
    const server = await run(...up, '--clickhouse-url', 'http://ann:secret@127.0.0.1:9');
    expect(server).toMatchObject({ code: 1, stderr: expect.stringContaining('Check --clickhouse-url') });
    expect(server.stderr).toContain('127.0.0.1:9');
    expect(file.stderr + server.stderr).not.toMatch(/^\s+at |secret/m);
  });
});

test('after all this the service is well: it never failed inside, and ends as ever', async () => {
  expect((await fetch(`${service.api}/readyz`)).status).toBe(200);
  expect(await service.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
});
