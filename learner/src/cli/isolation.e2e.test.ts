import { openStore } from '@tracelore/collector/store';
import * as fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PERMISSIONS } from '../http/permissions.ts';
import { startService, tracelore, type Service } from './child.testing.ts';
import { ATTACKS, STRANGE_IDS, type Attack, type VictimIds } from './isolation-cases.testing.ts';

/** Stands in every text of the victim's project; must never be seen outside it. */
const MARKER = 'zebrafish-marker-of-beta';
const TRACE = 'be'.repeat(16);
const USER = 'user-of-beta';
const KEYS = { alpha: 'key-of-project-alpha', beta: 'key-of-project-beta' };

let directory: string;
let service: Service;
let victim: VictimIds;
/** Keys of alpha that have one scope each. */
const narrow: Record<string, string> = {};
let operations: readonly { readonly method: string; readonly path: string }[];
/** Rows of beta in every table, before the attacks. */
let rowsBefore: Readonly<Record<string, string>>;

function start(): Promise<Service> {
  const keys = Object.entries(KEYS).map(([project, key]) => `${key}=${project}`);
  return startService(directory, [], { TRACELORE_API_KEYS: keys.join(',') });
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(
  method: string,
  target: string,
  { key, body, headers }: { key?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(`${service.api}${target}`, {
    method,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

async function asBeta<T>(method: string, target: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
  const answer = await ask(method, target, { key: KEYS.beta, ...(body !== undefined && { body }) });
  return schema.parse(JSON.parse(answer.text));
}

function targetOf(operation: string, { path: values = {}, query = {} }: Attack): string {
  const filled = operation.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(values[name] ?? 'x'),
  );
  const search = new URLSearchParams(query).toString();
  return `${filled}${search === '' ? '' : `?${search}`}`;
}

function attacksOn(method: string, pathOf: string): readonly Attack[] {
  return ATTACKS[`${method} ${pathOf}`]?.(victim) ?? [];
}

function spanRequest(attributes: Readonly<Record<string, string>>, project?: string): object {
  const time = String(BigInt(Date.now()) * 1_000_000n);
  const list = (values: Readonly<Record<string, string>>): object[] =>
    Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }));
  const span = {
    traceId: TRACE,
    spanId: 'be'.repeat(8),
    name: attributes['span'] ?? 'work',
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes: list(attributes),
  };
  const resource = { attributes: list(project === undefined ? {} : { 'tracelore.project': project }) };
  return { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] };
}

async function send(
  key: string | undefined,
  body: object,
  headers: Record<string, string> = {},
): Promise<number> {
  const response = await fetch(`${service.otlp}/v1/traces`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  return response.status;
}

/** One of everything in the victim's project, every text marked. */
async function furnish(): Promise<VictimIds> {
  const marked = {
    span: MARKER,
    'input.value': `question ${MARKER}`,
    'output.value': `answer ${MARKER}`,
    'user.id': USER,
    'session.id': USER,
    'gen_ai.agent.name': MARKER,
    'gen_ai.conversation.id': MARKER,
  };
  await send(KEYS.beta, spanRequest(marked));
  const outcome = { run: TRACE, passed: true, source: 'human', comment: MARKER };
  await asBeta('POST', '/v1/outcomes', z.looseObject({ recorded: z.literal(1) }), outcome);
  const text = {
    content: `Say ${MARKER} in the end.`,
    appliesWhen: 'the marked task is given',
    actor: MARKER,
  };
  const { rule } = await asBeta(
    'POST',
    '/v1/knowledge',
    z.object({ rule: z.looseObject({ id: z.string() }) }),
    text,
  );
  await asBeta('POST', `/v1/knowledge/${rule.id}/approve`, z.unknown(), { actor: MARKER });
  const { decision } = await asBeta('POST', '/v1/knowledge/get', z.looseObject({ decision: z.string() }), {
    task: 'the marked task',
    override: 'active',
  });
  await asBeta('POST', '/v1/evals/cases', z.looseObject({ added: z.literal(1) }), {
    cases: [{ task: `task ${MARKER}`, expected: MARKER }],
  });
  const run = await asBeta('POST', '/v1/evals/runs', z.looseObject({ id: z.string() }), {
    rules: [rule.id],
    name: MARKER,
  });
  const { trials } = await asBeta(
    'POST',
    '/v1/trials/lease',
    z.object({ trials: z.array(z.looseObject({ trial: z.string() })).length(1) }),
    { runner: 'honest', max: 10, waitMs: 20_000 },
  );
  const key = await asBeta('POST', '/v1/keys', z.looseObject({ keyId: z.string() }), {
    name: MARKER,
    scopes: ['read'],
  });
  const tag = 'tag-of-beta';
  await asBeta('POST', '/v1/snapshots', z.looseObject({ snapshot: z.unknown() }), { tag, reason: MARKER });
  const { entries } = await asBeta(
    'GET',
    '/v1/audit',
    z.object({ entries: z.array(z.looseObject({ id: z.string() })).min(2) }),
  );
  const { runs } = await asBeta(
    'GET',
    '/v1/traces',
    z.object({ runs: z.array(z.looseObject({ runId: z.string(), startTime: z.string() })).min(1) }),
  );
  const [first] = runs;
  const cursor = Buffer.from(JSON.stringify([first?.startTime, first?.runId])).toString('base64url');
  return {
    run: TRACE,
    trace: TRACE,
    rule: rule.id,
    decision,
    evalRun: run.id,
    trial: trials[0]?.trial ?? '',
    keyId: key.keyId,
    user: USER,
    cursor,
    auditEntry: entries[0]?.id ?? '',
    tag,
  };
}

/** What the victim itself sees of its project. */
async function seenByBeta(): Promise<Readonly<Record<string, string>>> {
  const targets = [
    '/v1/knowledge',
    `/v1/knowledge/${victim.rule}`,
    '/v1/traces',
    `/v1/traces/${TRACE}`,
    '/v1/evals/cases',
    '/v1/evals/runs',
    `/v1/decisions/${victim.decision}`,
    '/v1/audit',
    '/v1/learn',
  ];
  const seen = await Promise.all(targets.map((target) => ask('GET', target, { key: KEYS.beta })));
  return Object.fromEntries(targets.map((target, index) => [target, seen[index]?.text ?? '']));
}

/** Rows of a project in every table that has one, as the database has them: `<table>: <rows>, marked <rows with the marker>`. */
async function rowsOf(project: string): Promise<Record<string, string>> {
  const store = await openStore({
    location: { kind: 'embedded', directory: path.join(directory, '.tracelore/data') },
  });
  try {
    // As merges will leave them, which may come at any time.
    const tables = await store.driver.query<{ table: string; final: string }>(
      `SELECT name AS table, if(engine = 'MergeTree', '', 'FINAL') AS final FROM system.tables
       WHERE database = 'tracelore' AND engine LIKE '%MergeTree'
       AND name IN (SELECT table FROM system.columns WHERE database = 'tracelore' AND name = 'project')`,
    );
    const counts: Record<string, string> = {};
    for (const { table, final } of tables) {
      const [row] = await store.driver.query<{ n: string; marked: string }>(
        `SELECT count() AS n, countIf(position(formatRow('JSONEachRow', *), {marker: String}) > 0) AS marked
         FROM tracelore.${table} ${final} WHERE project = {project: String}`,
        { parameters: { marker: MARKER, project } },
      );
      counts[table] = `${row?.n ?? ''} rows, ${row?.marked ?? ''} marked`;
    }
    return counts;
  } finally {
    await store.close();
  }
}

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'isolation-'));
  service = await start();
  victim = await furnish();
  const made = z.looseObject({ key: z.string() });
  for (const scope of ['ingest', 'read', 'write']) {
    const answer = await ask('POST', '/v1/keys', {
      key: KEYS.alpha,
      body: { name: scope, scopes: [scope] },
    });
    narrow[scope] = made.parse(JSON.parse(answer.text)).key;
  }
  const document = z
    .looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(JSON.parse((await ask('GET', '/openapi.json', { key: KEYS.alpha })).text));
  operations = Object.entries(document.paths).flatMap(([pathOf, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path: pathOf })),
  );
});
afterAll(async () => {
  await service.end('SIGKILL');
  await rm(directory, { recursive: true });
});

test('every operation of the API has a case here and a line in the table of permissions, and no other has', () => {
  const named = operations.map(({ method, path: pathOf }) => `${method} ${pathOf}`).sort();
  expect(Object.keys(ATTACKS).sort()).toEqual(named);
  expect(Object.keys(PERMISSIONS).sort()).toEqual(named);
});

describe('every operation', () => {
  test('is refused without a key and with a wrong one, before anything is read', async () => {
    const wrong: string[] = [];
    for (const { method, path: pathOf } of operations)
      for (const attack of attacksOn(method, pathOf))
        for (const key of [undefined, 'tl_00000000_none', KEYS.alpha.slice(0, -1), '*']) {
          const target = targetOf(pathOf, attack);
          const answer = await ask(method, target, {
            ...(key !== undefined && { key }),
            ...(attack.body && { body: attack.body }),
          });
          if (answer.status !== 401) wrong.push(`${method} ${target} with ${key}: ${answer.status}`);
        }
    expect(wrong).toEqual([]);
  });

  test("with alpha's key that names beta in header, query or body: 403", async () => {
    const wrong: string[] = [];
    for (const { method, path: pathOf } of operations)
      for (const attack of attacksOn(method, pathOf)) {
        const named: [string, Promise<Answer>][] = [
          [
            'header',
            ask(method, targetOf(pathOf, attack), {
              key: KEYS.alpha,
              headers: { 'x-tracelore-project': 'beta' },
              ...(attack.body && { body: attack.body }),
            }),
          ],
          [
            'query',
            ask(method, targetOf(pathOf, { ...attack, query: { ...attack.query, project: 'beta' } }), {
              key: KEYS.alpha,
              ...(attack.body && { body: attack.body }),
            }),
          ],
        ];
        if (attack.body !== undefined)
          named.push([
            'body',
            ask(method, targetOf(pathOf, attack), {
              key: KEYS.alpha,
              body: { ...attack.body, project: 'beta' },
            }),
          ]);
        for (const [where, asked] of named) {
          const { status, text } = await asked;
          if (status !== 403 || text.includes(MARKER))
            wrong.push(`${method} ${pathOf} naming beta in ${where}: ${status} ${text.slice(0, 100)}`);
        }
      }
    expect(wrong).toEqual([]);
  });

  test('with a key of another scope: 403', async () => {
    const wrong: string[] = [];
    for (const { method, path: pathOf } of operations) {
      const needed = PERMISSIONS[`${method} ${pathOf}`]?.scope;
      const [attack] = attacksOn(method, pathOf);
      for (const [scope, key] of Object.entries(narrow)) {
        if (scope === needed) continue;
        const { status } = await ask(method, targetOf(pathOf, attack ?? {}), {
          key,
          ...(attack?.body && { body: attack.body }),
        });
        if (status !== 403) wrong.push(`${method} ${pathOf} with ${scope}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

test('what is about all projects is shown to no key of one of several', async () => {
  const answers = await Promise.all(
    ['/metrics', '/v1/store', '/v1/store/work'].map((target) => ask('GET', target, { key: KEYS.alpha })),
  );
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  expect((await ask('GET', '/nothing/is/here')).status).toBe(401);
});

test("a running trial of beta is no trial of alpha's, which can neither report it nor have its rules", async () => {
  const report = { trial: victim.trial, runner: 'honest', output: MARKER, durationMs: 1 };
  const stolen = await ask('POST', '/v1/trials/report', {
    key: KEYS.alpha,
    body: { ...report, output: 'x' },
  });
  expect(JSON.parse(stolen.text)).toEqual({ accepted: false });
  const rules = await ask('POST', '/v1/knowledge/get', {
    key: KEYS.alpha,
    body: { task: 'the marked task', trial: victim.trial },
  });
  expect(JSON.parse(rules.text)).toMatchObject({ text: '', items: [] });
  const own = await ask('POST', '/v1/trials/report', { key: KEYS.beta, body: report });
  expect(JSON.parse(own.text)).toEqual({ accepted: true });
});

/** What one attempt gave away, in words; undefined = nothing. */
function leakIn(what: string, { status, text }: Answer): string | undefined {
  // Nobody has configured a model here.
  const isRefused = status === 503 && text.includes('No model is configured');
  if (status >= 500 && !isRefused) return `${what}: ${status} ${text.slice(0, 200)}`;
  return text.includes(MARKER) || text.includes(USER) ? `${what}: ${status} shows data of beta` : undefined;
}

test("nothing of beta is seen or changed with alpha's key, whatever ids are given", async () => {
  await service.end('SIGTERM');
  rowsBefore = await rowsOf('beta');
  service = await start();
  const before = await seenByBeta();
  expect(Object.values(before).filter((text) => text.includes(MARKER))).toHaveLength(7);

  const leaks: (string | undefined)[] = [];
  for (const { method, path: pathOf } of operations)
    for (const attack of attacksOn(method, pathOf)) {
      const target = targetOf(pathOf, attack);
      const answer = await ask(method, target, {
        key: KEYS.alpha,
        ...(attack.body && { body: attack.body }),
      });
      leaks.push(leakIn(`${method} ${target}`, answer));
      // What beta's ids stand for is not there.
      if (Object.keys(attack.path ?? {}).length > 0 && answer.status < 400)
        leaks.push(`${method} ${target}: ${answer.status}`);
    }
  const withIds = operations.filter(({ path: pathOf }) => pathOf.includes('{'));
  for (const { method, path: pathOf } of withIds)
    for (const id of STRANGE_IDS) {
      const target = targetOf(pathOf, { path: { id, run: id } });
      const body = method === 'POST' ? { body: {} } : {};
      leaks.push(leakIn(`${method} ${target}`, await ask(method, target, { key: KEYS.alpha, ...body })));
    }
  const parts = fc.oneof(
    fc.constantFrom(...STRANGE_IDS),
    fc.constantFrom(...Object.values(victim)).map((id) => id.slice(0, 7)),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );
  const ids = fc.array(parts, { minLength: 1, maxLength: 3 }).map((texts) => texts.join('').toWellFormed());
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...withIds), ids, async ({ method, path: pathOf }, id) => {
      const body = method === 'POST' ? { body: {} } : {};
      const target = targetOf(pathOf, { path: { id, run: id } });
      expect(leakIn(target, await ask(method, target, { key: KEYS.alpha, ...body }))).toBeUndefined();
    }),
    { numRuns: 200 },
  );
  expect(leaks.filter((leak) => leak !== undefined)).toEqual([]);
  expect(await seenByBeta()).toEqual(before);
});

test('what is sent cannot choose another project, and the same trace in two projects stays apart', async () => {
  const mine = spanRequest({ span: 'span of alpha', 'user.id': USER });
  expect(await send(undefined, mine)).toBe(401);
  expect(await send('tl_00000000_none', mine)).toBe(401);
  expect(await send(narrow['read'], mine)).toBe(403);
  expect(await send(KEYS.alpha, mine, { 'x-tracelore-project': 'beta' })).toBe(403);
  expect(await send(KEYS.alpha, spanRequest({}, 'beta'))).toBe(403);
  expect(await send(KEYS.alpha, spanRequest({}, '*'))).toBe(400);
  const before = await seenByBeta();
  // The same ids, and the very same bytes with either key.
  expect(await send(narrow['ingest'], mine)).toBe(200);
  const run = await ask('GET', `/v1/traces/${TRACE}`, { key: KEYS.alpha });
  expect(run.text).toContain('span of alpha');
  expect(run.text).not.toContain(MARKER);
  expect(await seenByBeta()).toEqual(before);
  const erased = await ask('POST', '/v1/erasures', { key: KEYS.alpha, body: { user: USER } });
  expect(JSON.parse(erased.text)).toMatchObject({ runs: 1, spans: 1 });
  expect(await seenByBeta()).toEqual(before);
});

test("the command line with alpha's key shows and changes nothing of beta", async () => {
  const before = await seenByBeta();
  const { rule, evalRun, decision, keyId } = victim;
  const commands = [
    ['traces', 'list'],
    ['traces', 'show', TRACE],
    ['knowledge', 'show', rule],
    ['knowledge', 'approve', rule],
    ['snapshot', 'restore', 'tag-of-beta', '--yes'],
    ['eval', 'list'],
    ['eval', 'compare', evalRun, evalRun],
    ['verdict', 'show', decision],
    ['erase', '--trace', TRACE, '--yes'],
    ['keys', 'revoke', keyId],
    ['keys', 'list', '--all-projects'],
    ['audit'],
    ['status', '--project', 'beta'],
  ];
  for (const command of commands) {
    const ended = await tracelore([...command, '--url', service.api], directory, {
      TRACELORE_API_KEY: KEYS.alpha,
    });
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(MARKER);
    expect(`${ended.stdout}${ended.stderr}`).not.toContain('internal');
  }
  expect(await seenByBeta()).toEqual(before);
});

test('in the database beta has what it had, and alpha has nothing of it', async () => {
  await service.end('SIGTERM');
  expect(await rowsOf('beta')).toEqual(rowsBefore);
  const marked = Object.entries(await rowsOf('alpha')).filter(([, rows]) => !rows.endsWith(' 0 marked'));
  expect(marked).toEqual([]);
});
