import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCollector, type Collector } from '../collector.ts';
import type { OutcomeRecord } from '../records.ts';
import { openTemporaryStore, type TemporaryStore } from '../store/testing/temporary-store.ts';
import { post } from '../testing/post.ts';
import { PRIVATE_KEY, SECRETS } from '../testing/secrets.ts';

let temporary: TemporaryStore;
let collector: Collector;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  collector = createCollector({ store: temporary.store, port: 0, commitIntervalMs: 0 });
  await collector.start();
});
afterAll(async () => {
  await collector.shutdown();
  await temporary.remove();
});

const ALL: readonly string[] = [...SECRETS.map(([, secret]) => secret), PRIVATE_KEY];

/** Every row of every table, as JSON text. */
async function everythingStored(): Promise<string> {
  const { driver, database } = temporary.store;
  const tables = await driver.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = {database: String} AND engine NOT LIKE '%View'`,
    { parameters: { database } },
  );
  const rows = await Promise.all(
    tables.map(({ name }) => driver.query<object>(`SELECT * FROM ${database}.\`${name}\``)),
  );
  return JSON.stringify(rows.flat());
}

interface KeyValue {
  readonly key: string;
  readonly value: object;
}

/** Attributes with the secret in every kind of value and in a name. */
function attributesWith(secret: string): KeyValue[] {
  const text = { stringValue: `x ${secret} y` };
  return [
    { key: 'text', value: text },
    { key: `name ${secret} y`, value: { stringValue: 'x' } },
    { key: 'bytes', value: { bytesValue: Buffer.from(` ${secret} `).toString('base64') } },
    { key: 'list', value: { arrayValue: { values: [text] } } },
    { key: 'map', value: { kvlistValue: { values: [{ key: secret, value: text }] } } },
    { key: 'user.password', value: { stringValue: secret.slice(0, 9) } },
    ...['service.name', 'deployment.environment.name', 'baggage', 'session.id', 'user.id'].map((key) => ({
      key,
      value: text,
    })),
    ...[
      'gen_ai.agent.name',
      'gen_ai.tool.name',
      'gen_ai.request.model',
      'error.type',
      'gen_ai.conversation.id',
    ].map((key) => ({ key, value: text })),
    {
      key: 'gen_ai.input.messages',
      value: {
        stringValue: JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: `\n${secret}\t` }] }]),
      },
    },
    { key: 'exception.message', value: text },
  ];
}

function outcomeWith(secret: string, index: number): OutcomeRecord {
  return {
    project: 'seeded',
    outcomeId: `o-${index} ${secret}`,
    runId: 'a'.repeat(32),
    traceId: '',
    spanId: '',
    name: `check ${secret}`,
    source: 'check',
    score: null,
    passed: false,
    comment: `expected ${secret}`,
    timeUnixNano: BigInt(Date.now()) * 1_000_000n,
    receivedAtMs: Date.now(),
  };
}

test('a secret in any field of a span, a log record or an outcome is in no table', async () => {
  const time = String(BigInt(Date.now()) * 1_000_000n);
  for (const [index, secret] of ALL.entries()) {
    const attributes = attributesWith(secret);
    const resource = { attributes };
    const scope = { name: `scope ${secret}`, version: secret, attributes };
    const traceId = index.toString(16).padStart(32, 'a');
    const spanId = index.toString(16).padStart(16, 'b');
    const span = {
      traceId,
      spanId,
      traceState: `vendor=${secret}`,
      name: `call ${secret}`,
      startTimeUnixNano: time,
      endTimeUnixNano: time,
      status: { code: 2, message: `failed with ${secret}` },
      attributes,
      events: [{ timeUnixNano: time, name: `event ${secret}`, attributes }],
      links: [{ traceId, spanId, traceState: secret, attributes }],
    };
    const log = {
      timeUnixNano: time,
      severityText: secret,
      eventName: `event ${secret}`,
      body: { kvlistValue: { values: attributes } },
      attributes,
    };
    const traces = {
      resourceSpans: [{ resource, schemaUrl: secret, scopeSpans: [{ scope, spans: [span] }] }],
    };
    const logs = { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [log] }] }] };
    const headers = { 'x-tracelore-project': 'seeded' };
    await post(collector.address.url, traces, { headers });
    await post(collector.address.url, logs, { headers, path: '/v1/logs' });
    await collector.record({ spans: [], logs: [], outcomes: [outcomeWith(secret, index)] });
  }
  await collector.settleRuns();
  const stored = await everythingStored();
  expect(stored).toContain('[redacted:jwt]');
  expect(collector.stats()).toMatchObject({
    spansStored: ALL.length,
    logsStored: ALL.length,
    outcomesStored: ALL.length,
  });
  for (const secret of ALL) {
    // A private key's line breaks are escaped in JSON: its middle is looked for.
    const part = secret.startsWith('-----') ? 'MIIEpAIBAAKC' : secret;
    expect(stored).not.toContain(part);
    expect(stored).not.toContain(Buffer.from(part).toString('base64').slice(4, -4));
    expect(stored).not.toContain(`"${secret.slice(0, 9)}"`);
  }
  expect(collector.stats().redacted).toMatchObject({
    jwt: expect.any(Number),
    credit_card: expect.any(Number),
  });
});

test('without redaction everything is stored as it came', async () => {
  const [, secret = ''] = SECRETS[0] ?? [];
  const plain = createCollector({ store: temporary.store, port: 0, commitIntervalMs: 0, redaction: false });
  await plain.record({ spans: [], logs: [], outcomes: [outcomeWith(secret, 99)] });
  await plain.shutdown();
  expect(await everythingStored()).toContain(secret);
});
