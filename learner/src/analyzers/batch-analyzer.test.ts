import { afterEach, describe, expect, it } from 'vitest';
import { createOpenAiChatModel } from '../llm/openai-chat-model.ts';
import { startScriptedServer, type ScriptedServer } from '../llm/scripted-server.testing.ts';
import type { Analyzer } from './analyzer.ts';
import { BATCH_RUNS_MAX, createBatchAnalyzer } from './batch-analyzer.ts';
import { sampleCluster } from './failure-samples.ts';
import { tracedRun } from './traced-run.testing.ts';

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function analyzer(content: unknown): Promise<Analyzer> {
  server = await startScriptedServer(() => ({ content: JSON.stringify(content) }));
  return createBatchAnalyzer(
    createOpenAiChatModel({ model: 'm', apiKey: 'k', baseUrl: server.baseUrl, retriesMax: 0 }),
  );
}

const failures = Array.from({ length: 25 }, (_, index) => tracedRun(`f${index}`));
const fix = {
  kind: 'skill',
  content: 'Amounts are in cents.',
  appliesWhen: 'amounts are asked for',
  because: 'unused',
  evidence: [{ span: 'S1', field: 'output', quote: 'q' }],
};
const pattern = (affectedRuns: readonly string[]): object => ({ description: 'cents', affectedRuns, fix });

describe('the batch analyzer', () => {
  it('sees up to twenty failures of one kind together and takes what at least three of them show', async () => {
    const batch = await analyzer({
      patterns: [pattern(['R1', 'R2', 'R20']), pattern(['R1', 'R1', 'R2']), pattern(['R1', 'R2', 'R99'])],
    });
    const [sample] = await sampleCluster(
      { signature: 's', runs: failures, priority: 1 },
      [],
      batch.failuresPerSample,
    );
    if (sample === undefined) throw new Error('no sample');
    expect(sample.failures).toHaveLength(BATCH_RUNS_MAX);
    const result = await batch.analyse(sample, { rejected: [] });
    expect(result).toMatchObject({
      ok: true,
      calls: 1,
      lessons: [{ content: 'Amounts are in cents.', because: 'cents', quotes: [{ field: 'output' }] }],
    });
    expect(server?.seen[0]?.body.response_format?.json_schema?.name).toBe('patterns');
  });

  it('reads two failures closely: they are no pattern', async () => {
    const batch = await analyzer({ lessons: [fix] });
    const sample = { signature: 's', failures: failures.slice(0, 2), contrasts: [] };
    expect(await batch.analyse(sample, { rejected: [] })).toMatchObject({
      ok: true,
      lessons: [{ because: 'unused' }],
    });
    expect(server?.seen[0]?.body.response_format?.json_schema?.name).toBe('lessons');
  });
});
