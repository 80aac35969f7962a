import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startService, tracelore } from './child.testing.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'traces-'));
});
afterEach(() => rm(directory, { recursive: true }));

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const NOW = String(BigInt(Date.now()) * 1_000_000n);

/** A span in OTLP/JSON. */
function span(spanId: string, parentSpanId: string, attributes: Readonly<Record<string, string>>): object {
  return {
    traceId: TRACE,
    spanId: spanId.repeat(16),
    parentSpanId: parentSpanId.repeat(16),
    name: `span ${spanId}`,
    startTimeUnixNano: NOW,
    endTimeUnixNano: NOW,
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
  };
}

function call(model: string): Readonly<Record<string, string>> {
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': model,
    'gen_ai.usage.input_tokens': '1000',
  };
}

test('what a run cost is listed and shown, with the calls that have no price', async () => {
  const service = await startService(directory);
  const spans = [
    span('a', '', { 'gen_ai.operation.name': 'invoke_agent' }),
    span('b', 'a', call('gpt-4o')),
    span('c', 'a', call('our-own-model')),
    span('d', 'a', { ...call('our-own-model'), 'gen_ai.usage.cost': '0.5' }),
  ];
  await fetch(`${service.otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  const list = await tracelore(['traces', 'list', '--url', service.api], directory);
  const shown = await tracelore(['traces', 'show', TRACE, '--url', service.api], directory);
  await service.end('SIGTERM');
  expect(list.stdout).toMatch(/COST/);
  expect(list.stdout).toContain('>$0.5025');
  expect(shown.stdout).toContain('cost       $0.5025  (1 model calls without a price)');
  expect(shown.stdout).toMatch(/llm span b {2}0 ms {2}\$0\.002500 \(genai-prices@\d+\.\d+\.\d+\)/);
  expect(shown.stdout).toContain('llm span d  0 ms  $0.5000 (reported)');
  expect(shown.stdout).toMatch(/llm span c {2}0 ms$/m);
});
