import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { createCollector, type Collector } from '@tracelore/collector';
import { openStore, type RunSummary, type SpanView, type Store } from '@tracelore/collector/store';
import { type FakeService, startFakeService } from '@tracelore/sdk/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

const PROGRAM = path.join(import.meta.dirname, 'main.ts');
const RULE = '[rule0001] when asked about an order: say when it arrives';
const work = mkdtempSync(path.join(tmpdir(), 'tracelore-langgraph-'));
let store: Store;
let collector: Collector;
let knowledge: FakeService;
let printed: string;
let run: RunSummary | undefined;
let spans: readonly SpanView[];

/** The example as a process of its own, its spans through a real collector into a real store. */
beforeAll(async () => {
  store = await openStore({ location: { kind: 'embedded', directory: path.join(work, 'data') } });
  collector = createCollector({ store, port: 0, commitIntervalMs: 0 });
  await collector.start();
  knowledge = await startFakeService();
  knowledge.serveKnowledge(({ task }) => ({
    text: RULE,
    items: [
      {
        id: 'rule0001',
        version: 3,
        kind: 'skill',
        content: 'say when it arrives',
        appliesWhen: 'asked about an order',
        pinned: false,
      },
    ],
    decision: `decision about ${String(task)}`,
    snapshot: 12,
    arm: 'served',
  }));
  const { OPENAI_API_KEY: _, ...environment } = process.env;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@tracelore/source', PROGRAM, 'When will my order 1007 arrive?'],
    {
      cwd: work,
      env: {
        ...environment,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.address.url,
        TRACELORE_API_URL: knowledge.url,
        TRACELORE_KNOWLEDGE_DEADLINE_MS: '20000',
      },
    },
  );
  printed = stdout;
  await collector.settleRuns();
  [run] = await store.listRuns({ project: 'default' });
  spans = await store.readRun('default', run?.runId ?? '');
});

afterAll(async () => {
  await collector.shutdown();
  await knowledge.close();
  await store.close();
  rmSync(work, { recursive: true, force: true });
});

function stored(kind: string): SpanView[] {
  return spans.filter((span) => span.kind === kind);
}

test('the agent answers with what it was told', () => {
  expect(printed).toContain('a scripted stand-in answers');
  expect(printed).toContain('Your order is shipped. It arrives on Friday.');
});

test('the run is stored closed, with its agent, calls, tokens, conversation and knowledge', () => {
  expect(run).toMatchObject({
    agent: 'support',
    service: 'langgraph-agent',
    state: 'closed',
    spans: 6,
    errors: 0,
    modelCalls: 2,
    toolCalls: 1,
    models: ['scripted'],
    knowledgeSnapshot: 12,
    knowledgeArm: 'served',
    knowledgeItems: ['rule0001@3'],
    conversationId: expect.stringMatching(/^example-\d+$/u),
  });
  expect(run?.inputTokens).toBe(stored('llm').reduce((sum, span) => sum + (span.inputTokens ?? 0), 0));
  expect(run?.inputTokens).toBeGreaterThan(0);
});

test('the stored spans are one tree: agent, then model, tool and model; the tool body below the tool', () => {
  const [root] = stored('agent');
  expect(root).toMatchObject({ parentSpanId: '', agent: 'support' });
  const below = spans.filter((span) => span.parentSpanId === root?.spanId);
  expect(below.map((span) => span.kind)).toStrictEqual(['memory', 'llm', 'tool', 'llm']);
  const [tool] = stored('tool');
  expect(spans.filter((span) => span.parentSpanId === tool?.spanId).map((span) => span.name)).toStrictEqual([
    'read order',
  ]);
});

test('input and output are stored on the agent, its model calls and its tool call', () => {
  const [root] = stored('agent');
  expect(JSON.parse(root?.input ?? '')).toStrictEqual([
    { role: 'user', parts: [{ type: 'text', content: 'When will my order 1007 arrive?' }] },
  ]);
  expect(root?.output).toContain('It arrives on Friday.');
  const [first, second] = stored('llm');
  expect(first?.systemInstructions).toContain('small shop');
  expect(first?.systemInstructions).toContain(RULE);
  expect(first?.output).toContain('find_order');
  expect(second?.input).toContain('shipped');
  expect(second).toMatchObject({ requestModel: 'scripted', responseModel: 'scripted' });
  const [tool] = stored('tool');
  expect(tool).toMatchObject({ tool: 'find_order', input: '{"id":"1007"}' });
  expect(JSON.parse(tool?.output ?? '')).toStrictEqual({ id: '1007', state: 'shipped', arrives: 'Friday' });
});

test('what was injected stands on the model spans and on the root', () => {
  const told = spans.filter((span) => ['agent', 'llm', 'memory'].includes(span.kind));
  expect(told).toHaveLength(4);
  for (const span of told) {
    expect(span).toMatchObject({
      knowledgeDecision: 'decision about When will my order 1007 arrive?',
      knowledgeSnapshot: 12,
      knowledgeArm: 'served',
      knowledgeItems: ['rule0001@3'],
    });
  }
});
