import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCollector, type Collector } from './collector.ts';
import { openTemporaryStore, type TemporaryStore } from './store/testing/temporary-store.ts';
import { post } from './testing/post.ts';

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

const NOW_MS = Date.now();
const IDS = { 'session.id': 's1', 'prompt.id': 'p1' };

function record(name: string, seconds: number, attributes: Readonly<Record<string, string>>): object {
  return {
    timeUnixNano: String(BigInt(NOW_MS + seconds * 1_000) * 1_000_000n),
    body: { stringValue: `claude_code.${name}` },
    attributes: Object.entries({ 'event.name': name, ...IDS, ...attributes }).map(([key, value]) => ({
      key,
      value: { stringValue: value },
    })),
  };
}

async function send(...logRecords: object[]): Promise<void> {
  const scopeLogs = [{ scope: { name: 'com.anthropic.claude_code.events' }, logRecords }];
  const answer = await post(
    collector.address.url,
    Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs }] })),
    {
      path: '/v1/logs',
      type: 'application/json',
      headers: { 'x-tracelore-project': 'logs' },
    },
  );
  expect(answer.status).toBe(200);
}

test('a prompt of Claude Code is a run with its content, tokens and cost, though no span was sent', async () => {
  const model = { model: 'claude-sonnet-4-20250514' };
  await send(
    record('user_prompt', 0, { prompt: 'fix the bug' }),
    record('api_request', 2, {
      ...model,
      input_tokens: '5',
      cache_read_tokens: '95',
      cost_usd: '0.01',
      request_id: 'r1',
    }),
  );
  // In a later request, one of its records sent again.
  await send(
    record('api_request', 2, {
      ...model,
      input_tokens: '5',
      cache_read_tokens: '95',
      cost_usd: '0.01',
      request_id: 'r1',
    }),
    record('tool_result', 3, {
      tool_name: 'Bash',
      success: 'true',
      tool_use_id: 't1',
      tool_parameters: '{}',
    }),
    record('api_request', 4, { ...model, input_tokens: '1000', request_id: 'r2' }),
  );
  await collector.settleRuns();
  const runs = await temporary.store.listRuns({ project: 'logs' });
  expect(runs).toMatchObject([
    {
      name: 'prompt',
      state: 'open',
      spans: 4,
      modelCalls: 2,
      toolCalls: 1,
      durationMs: 4_000,
      inputTokens: 1_100,
      cost: 0.013,
      unpricedCalls: 0,
      modelCosts: { 'claude-sonnet-4-20250514': 0.013 },
      sessionId: 's1',
    },
  ]);
  const spans = await temporary.store.readRun('logs', runs[0]?.runId ?? '');
  expect(spans.map(({ kind, input, costSource }) => [kind, input, costSource])).toEqual([
    ['agent', 'fix the bug', ''],
    ['llm', '', 'reported'],
    ['tool', '{}', ''],
    ['llm', '', expect.stringMatching(/^genai-prices@/)],
  ]);
});
