import { afterEach, describe, expect, it } from 'vitest';
import { createOpenAiChatModel } from '../llm/openai-chat-model.ts';
import {
  startScriptedServer,
  type ScriptedAnswer,
  type ScriptedServer,
} from '../llm/scripted-server.testing.ts';
import { analysisPrompt, PROMPT_CONTENT_CHARACTERS_MAX } from './analysis-prompt.ts';
import type { Analyzer } from './analyzer.ts';
import { createLlmAnalyzer } from './llm-analyzer.ts';
import { tracedRun } from './traced-run.testing.ts';

const sample = {
  signature: 's',
  failures: [
    tracedRun('f1', {
      spans: [{ input: 'a < b & c' }, { kind: 'memory', output: 'a rule' }, { kind: 'tool' }],
    }),
  ],
  contrasts: [tracedRun('p1', { outcomes: [{ passed: true, comment: '' }] })],
};
let server: ScriptedServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function analyzer(answers: readonly ScriptedAnswer[]): Promise<Analyzer> {
  server = await startScriptedServer((_request, index) => answers[index] ?? { status: 400 });
  return createLlmAnalyzer(
    createOpenAiChatModel({ model: 'm', apiKey: 'k', baseUrl: server.baseUrl, retriesMax: 0 }),
  );
}

const lesson = {
  kind: 'skill',
  content: 'c',
  appliesWhen: 'w',
  because: 'b',
  evidence: [
    { span: 'S2', field: 'output', quote: 'q' },
    { span: 'S99', field: 'output', quote: 'q' },
  ],
};

describe('the analysis prompt', () => {
  it('shows runs, spans and judgements as fenced data, failures first, without our own look-ups', () => {
    const { user, labels } = analysisPrompt(sample, {
      rejected: [{ content: 'Use x > 1', reason: 'futile' }],
    });
    expect(user).toBe(
      [
        '<run label="R1" verdict="failed" agent="sql-agent">',
        '<span label="S1" kind="agent" name="answer"><input>a &lt; b &amp; c</input><output>41</output></span>',
        '<span label="S2" kind="tool" name="answer"><input>How many orders were there in May?</input><output>41</output></span>',
        '<outcome source="check">expected 39, got 41</outcome>',
        '</run>',
        '',
        '<run label="R2" verdict="passed" agent="sql-agent">',
        '<span label="S3" kind="agent" name="answer"><input>How many orders were there in May?</input><output>41</output></span>',
        '</run>',
        '',
        '<rejected reason="futile">Use x &gt; 1</rejected>',
      ].join('\n'),
    );
    expect(labels.get('S2')).toEqual({ runId: 'f1', spanId: 'f1-3' });
  });

  it('stays within its budget and says where it cut', () => {
    const long = tracedRun('f', { spans: Array.from({ length: 60 }, () => ({ input: 'x'.repeat(50_000) })) });
    const { user } = analysisPrompt(
      { signature: 's', failures: [long, long, long, long], contrasts: [] },
      { rejected: [] },
    );
    expect(user).toContain('characters cut]');
    expect(user.length).toBeLessThan(PROMPT_CONTENT_CHARACTERS_MAX * 1.5);
  });
});

describe('the model as analyzer', () => {
  it('returns lessons with labels resolved to spans; unknown labels resolve to nothing', async () => {
    const result = await (
      await analyzer([{ content: JSON.stringify({ lessons: [lesson] }) }])
    ).analyse(sample, {
      rejected: [],
    });
    expect(result).toMatchObject({
      ok: true,
      calls: 1,
      lessons: [
        {
          content: 'c',
          quotes: [
            { runId: 'f1', spanId: 'f1-3' },
            { runId: '', spanId: '' },
          ],
        },
      ],
      usage: { inputTokens: 100, outputTokens: 10 },
    });
    expect(server?.seen[0]?.body.response_format?.json_schema?.name).toBe('lessons');
  });

  it('asks once more after garbage, then gives up with what it cost', async () => {
    const mended = await (
      await analyzer([{ content: 'hm' }, { content: '{"lessons": []}' }])
    ).analyse(sample, {
      rejected: [],
    });
    expect(mended).toMatchObject({ ok: true, calls: 2, lessons: [] });
    await server?.close();
    const failed = await (
      await analyzer([{ content: 'hm' }, { content: 'hm' }])
    ).analyse(sample, { rejected: [] });
    expect(failed).toMatchObject({ ok: false, failure: 'garbage', calls: 2, usage: { inputTokens: 200 } });
  });

  it('does not ask again when the server says no', async () => {
    const result = await (await analyzer([{ status: 429 }])).analyse(sample, { rejected: [] });
    expect(result).toMatchObject({ ok: false, failure: 'rate_limited', calls: 1 });
  });
});
