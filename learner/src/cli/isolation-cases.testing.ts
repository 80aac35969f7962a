/** Ids of things that belong to the victim's project. */
export interface VictimIds {
  readonly run: string;
  readonly trace: string;
  readonly rule: string;
  readonly decision: string;
  readonly evalRun: string;
  readonly trial: string;
  readonly keyId: string;
  readonly user: string;
  readonly cursor: string;
  readonly auditEntry: string;
  readonly tag: string;
}

/** One way to aim an operation at the victim's data. */
export interface Attack {
  /** Values of `{name}` in the path. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Of imports that name the victim's project in their lines. */
const STOLEN_TRACE = 'ba'.repeat(16);

/** A message of the Model Context Protocol. */
function toolCall(name: string, given: object): Attack {
  return { body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: given } } };
}

/**
 * Every operation of the API, aimed at the victim. The suite compares this list with the OpenAPI document: an operation
 * without a case fails it.
 */
export const ATTACKS: Readonly<Record<string, (victim: VictimIds) => readonly Attack[]>> = {
  'POST /v1/knowledge/get': ({ rule, trial, run }) => [
    { body: { task: 'the marked task', run } },
    { body: { task: 'the marked task', override: [rule] } },
    { body: { task: 'the marked task', override: [rule.slice(0, 8), `${rule}@1`] } },
    { body: { task: 'the marked task', trial } },
  ],
  'POST /v1/knowledge/recall': ({ rule, run }) => [
    { body: { item: rule } },
    { body: { item: rule.slice(0, 8), run } },
  ],
  'POST /v1/knowledge/import': () => [
    { body: { items: [{ content: 'Answer in one word.', applies_when: 'a word is asked for' }] } },
  ],
  'GET /v1/knowledge/export': () => [{}],
  'POST /mcp': ({ rule, run }) => [
    toolCall('get_knowledge', { task: 'the marked task', run, override: [rule] }),
    toolCall('recall_knowledge', { item_id: rule }),
    toolCall('recall_knowledge', { item_id: rule.slice(0, 8), project: 'beta' }),
    toolCall('record_outcome', { run, passed: false, comment: 'bad' }),
  ],
  'GET /v1/knowledge': () => [{}, { query: { q: 'marker' } }, { query: { status: 'active' } }],
  'POST /v1/knowledge': () => [
    { body: { content: 'Answer with the capital of the country.', appliesWhen: 'a capital is asked for' } },
  ],
  'GET /v1/knowledge/{id}': ({ rule }) => [
    { path: { id: rule } },
    { path: { id: rule.slice(0, 8) } },
    { path: { id: `${rule}@1` } },
  ],
  'POST /v1/knowledge/{id}/approve': ({ rule }) => [{ path: { id: rule }, body: {} }],
  'POST /v1/knowledge/{id}/reject': ({ rule }) => [{ path: { id: rule }, body: {} }],
  'POST /v1/knowledge/{id}/deprecate': ({ rule }) => [{ path: { id: rule }, body: { reason: 'x' } }],
  'POST /v1/knowledge/{id}/pin': ({ rule }) => [{ path: { id: rule }, body: {} }],
  'POST /v1/knowledge/{id}/unpin': ({ rule }) => [{ path: { id: rule.slice(0, 8) }, body: {} }],
  'POST /v1/knowledge/{id}/edit': ({ rule }) => [{ path: { id: rule }, body: { content: 'Say nothing.' } }],
  'POST /v1/knowledge/{id}/quarantine': ({ rule }) => [{ path: { id: rule }, body: {} }],
  'POST /v1/knowledge/{id}/release': ({ rule }) => [{ path: { id: rule.slice(0, 8) }, body: {} }],
  'POST /v1/knowledge/{id}/expiry': ({ rule }) => [
    { path: { id: rule }, body: {} },
    { path: { id: rule }, body: { expiresAt: '2999-01-01T00:00:00Z' } },
  ],
  'GET /v1/knowledge/{id}/history': ({ rule }) => [
    { path: { id: rule } },
    { path: { id: rule.slice(0, 8) } },
  ],
  'GET /v1/quarantine': () => [{}],
  'POST /v1/purges': ({ user }) => [
    { body: { user, reason: 'x' } },
    { body: { user, reason: 'x', dryRun: true } },
    { body: { author: 'marker', reason: 'x' } },
  ],
  'GET /v1/snapshots': () => [{}],
  'POST /v1/snapshots': () => [{ body: { reason: 'x' } }],
  'GET /v1/snapshots/{at}': ({ tag }) => [{ path: { at: tag } }],
  'GET /v1/snapshots/{at}/diff': ({ tag }) => [
    { path: { at: tag } },
    { path: { at: tag }, query: { to: '0' } },
  ],
  'POST /v1/snapshots/{at}/restore': ({ tag }) => [{ path: { at: tag }, body: {} }],
  'GET /v1/reports/audit': () => [{}],
  'GET /v1/reports/lift': () => [{}],
  'GET /v1/judge': () => [{}],
  'GET /v1/reports/cost': () => [{}],
  'GET /v1/reports/predictions': () => [{}],
  'GET /v1/traces/{run}/blame': ({ run, trace }) => [{ path: { run } }, { path: { run: trace.slice(0, 8) } }],
  'POST /v1/traces/{run}/blame': ({ run }) => [
    { path: { run }, body: {} },
    { path: { run }, body: { expected: 'x' } },
  ],
  'POST /v1/outcomes': ({ run }) => [{ body: { run, passed: false, source: 'human', comment: 'bad' } }],
  'GET /v1/traces': ({ cursor }) => [
    {},
    { query: { after: cursor } },
    { query: { conversation: 'marker' } },
    { query: { agent: 'marker' } },
    { query: { user: 'marker' } },
    { query: { text: 'marker' } },
    { query: { attribute: 'user.id=marker' } },
    { query: { kind: 'llm' } },
  ],
  'GET /v1/traces/{run}': ({ run, trace }) => [
    { path: { run } },
    { path: { run: trace } },
    { path: { run: run.slice(0, 8) } },
    { path: { run }, query: { content: 'none' } },
  ],
  'GET /v1/traces/{run}/spans/{span}': ({ run, trace }) => [
    { path: { run, span: '1'.repeat(16) } },
    { path: { run: trace, span: '0'.repeat(16) } },
  ],
  'POST /v1/erasures': ({ trace, user }) => [
    { body: { trace } },
    { body: { user } },
    { body: { session: user } },
  ],
  'POST /v1/trials/lease': () => [{ body: { runner: 'thief', max: 100, waitMs: 0 } }],
  'POST /v1/trials/report': ({ trial }) => [
    { body: { trial, runner: 'thief', output: 'x', durationMs: 1 } },
    { body: { trial, runner: 'honest', output: 'x', durationMs: 1 } },
  ],
  'POST /v1/learn': () => [{ body: {} }],
  'GET /v1/learn': () => [{}],
  'GET /v1/learn/{id}': ({ run, evalRun }) => [{ path: { id: run } }, { path: { id: evalRun } }],
  'POST /v1/evals/cases': () => [{ body: { cases: [{ task: 'one and one?', expected: '2' }] } }],
  'GET /v1/evals/cases': () => [{}],
  'POST /v1/evals/cases/from-trace': ({ run }) => [{ body: { run } }, { body: { run, expected: 'x' } }],
  'POST /v1/evals/cases/promote': () => [{ body: { minConfidence: 0 } }],
  'POST /v1/evals/cases/synthetic': () => [{ body: {} }],
  'POST /v1/evals/cases/from-failures': () => [{ body: { pattern: 'marker' } }],
  'POST /v1/evals/runs': ({ rule }) => [{ body: { rules: [rule] } }],
  'GET /v1/evals/runs': () => [{}],
  'GET /v1/evals/runs/{id}': ({ evalRun }) => [
    { path: { id: evalRun } },
    { path: { id: evalRun.slice(0, 8) } },
  ],
  'GET /v1/evals/compare': ({ evalRun }) => [{ query: { baseline: evalRun, treatment: evalRun } }],
  'GET /v1/verdicts': ({ rule }) => [{}, { query: { rule } }],
  'GET /v1/verdicts/{id}': ({ rule, decision }) => [{ path: { id: rule } }, { path: { id: decision } }],
  'GET /v1/verdicts/{id}/recomputed': ({ rule }) => [{ path: { id: rule } }],
  'GET /v1/decisions/{id}': ({ decision }) => [
    { path: { id: decision } },
    { path: { id: decision.slice(0, 8) } },
  ],
  'GET /v1/status': () => [{}],
  'POST /v1/keys': () => [
    { body: { name: 'theft', scopes: ['admin'], allProjects: true } },
    { body: { name: 'theft', scopes: ['read'], project: 'beta' } },
  ],
  'GET /v1/keys': () => [{}, { query: { allProjects: 'true' } }],
  'POST /v1/keys/{id}/rotate': ({ keyId }) => [
    { path: { id: keyId }, body: {} },
    { path: { id: keyId }, body: { allProjects: true } },
  ],
  'POST /v1/keys/{id}/revoke': ({ keyId }) => [
    { path: { id: keyId }, body: {} },
    { path: { id: keyId }, body: { project: 'beta' } },
  ],
  'GET /v1/webhooks': () => [{}],
  'GET /v1/store': () => [{}],
  'GET /v1/store/work': () => [{}],
  'POST /v1/store/backups': () => [{ body: { name: '../outside' } }],
  'POST /v1/store/optimize': () => [{ body: {} }],
  'GET /v1/store/export': () => ['spans', 'logs', 'outcomes', 'runs'].map((table) => ({ query: { table } })),
  'POST /v1/store/import': () => [
    {
      body: {
        kind: 'rows',
        table: 'spans',
        lines: [
          `{"project":"beta","trace_id":"${STOLEN_TRACE}","span_id":"00000000000000ba","run_id":"${STOLEN_TRACE}"}`,
        ],
      },
    },
    {
      body: {
        kind: 'otlp',
        lines: [
          `{"resourceSpans":[{"resource":{"attributes":[{"key":"tracelore.project","value":{"stringValue":"beta"}}]},"scopeSpans":[{"spans":[{"traceId":"${STOLEN_TRACE}","spanId":"00000000000000ba"}]}]}]}`,
        ],
      },
    },
  ],
  'GET /v1/projects': () => [{}],
  'GET /v1/audit': ({ auditEntry }) => [{}, { query: { before: auditEntry } }],
};

/** Ids that are none: what people try. */
export const STRANGE_IDS: readonly string[] = [
  '*',
  '%',
  '_',
  '..',
  '%2e%2e%2f',
  "' OR 1=1 --",
  "'; DROP TABLE spans; --",
  "') OR project != ('",
  '{project: String}',
  '${project}',
  '\\',
  '\u0000',
  '\u202e',
  'ａｂｃ',
  '🧨',
  'beta',
  'project=beta',
  '-1',
  '0'.repeat(32),
  'f'.repeat(2_000),
];
