import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ATTR } from './contract/attributes.ts';
import type { KnowledgeAnswer } from './contract/knowledge.ts';
import { stats } from './diagnostics.ts';
import { KNOWLEDGE_FRESH_MS, KNOWLEDGE_STALE_MAX_MS } from './knowledge-cache.ts';
import { currentKnowledge, getKnowledge } from './knowledge.ts';
import { captureSpans, type SpanCapture } from './testing/capture-spans.ts';
import { type FakeService, startFakeService } from './testing/fake-service.ts';
import { trace } from './trace.ts';
import { withContext, withOverride } from './with-context.ts';

/** Only where missing it is the point: elsewhere a busy machine must not decide a test. */
const DEADLINE_MS = 200;
const AMPLE_MS = 15_000;
let service: FakeService;
let capture: SpanCapture;

function answer(name: string): KnowledgeAnswer {
  return {
    text: `use ${name}`,
    items: [{ id: name, version: 3, kind: 'skill', content: name, appliesWhen: 'always', pinned: false }],
    decision: `d-${name}`,
    snapshot: 7,
    arm: 'served',
  };
}

beforeEach(async () => {
  service = await startFakeService();
  service.serveKnowledge((request) => answer(String(request['task'])));
  capture = captureSpans({ apiUrl: service.url, knowledgeDeadlineMs: AMPLE_MS, project: 'p' });
});
afterEach(async () => {
  capture.stop();
  await service.close();
});

const model = trace('model', async (prompt: string) => prompt, { kind: 'llm' });
const asks = (): number => service.bodies('/v1/knowledge/get').length;

describe('getKnowledge', () => {
  it('returns the text and says on its span, the model spans after it and the root what was given', async () => {
    const agent = trace('agent', async () => {
      await model('before');
      const first = await getKnowledge('alpha');
      await model('between');
      const second = await getKnowledge('beta');
      await model('after');
      return [first, second, currentKnowledge()?.decision];
    });
    expect(await agent()).toEqual(['use alpha', 'use beta', 'd-beta']);
    const models = capture.spans.filter((span) => span.name === 'model');
    expect(models.map((span) => span.attributes[ATTR.knowledgeDecision])).toEqual([
      undefined,
      'd-alpha',
      'd-beta',
    ]);
    expect(models[2]?.attributes).toMatchObject({
      [ATTR.knowledgeSnapshot]: 7,
      [ATTR.knowledgeArm]: 'served',
      [ATTR.knowledgeItems]: ['beta@3'],
    });
    expect(capture.span('agent').attributes).toMatchObject({
      [ATTR.knowledgeDecision]: 'd-beta',
      [ATTR.knowledgeItems]: ['alpha@3', 'beta@3'],
    });
    const [search] = capture.spans.filter((span) => span.name === 'search_memory');
    expect(search?.attributes).toMatchObject({
      [ATTR.operation]: 'search_memory',
      [ATTR.memoryStoreId]: 'p',
      [ATTR.memoryQueryText]: 'alpha',
      [ATTR.memoryRecordCount]: 1,
      [ATTR.knowledgeDecision]: 'd-alpha',
      [ATTR.knowledgeSource]: 'service',
    });
  });

  it('sends who asks: agent, session, unit and run; a rule set where one is fixed', async () => {
    const agent = trace('sql', () => getKnowledge('t', { maxTokens: 99 }));
    await withContext({ session: 's', conversation: 'c' }, agent);
    await withOverride(['r@1'], agent);
    const [first, second] = service.bodies('/v1/knowledge/get');
    const [firstRun, secondRun] = capture.spans
      .filter((span) => span.name === 'sql')
      .map((span) => span.attributes[ATTR.runId]);
    expect(first).toEqual({
      task: 't',
      project: 'p',
      agent: 'sql',
      session: 'c',
      unit: 'c',
      run: firstRun,
      maxTokens: 99,
    });
    expect(second).toMatchObject({ override: ['r@1'], unit: secondRun, run: secondRun });
  });

  it('attributes nothing wrongly among 200 parallel runs', async () => {
    service.answerWith(async (request) => {
      if (request.path === '/v1/knowledge/get') await delay(Math.random() * 20);
      return undefined;
    });
    const agent = trace('agent', async (name: string) => {
      const text = await getKnowledge(name);
      await Promise.all([model(text), model(text)]);
      return text;
    });
    const names = Array.from({ length: 200 }, (_, n) => `rule${n}`);
    const texts = await withContext({}, () => Promise.all(names.map((name) => agent(name))));
    expect(texts).toEqual(names.map((name) => `use ${name}`));
    const models = capture.spans.filter((span) => span.name === 'model');
    expect(models).toHaveLength(400);
    const wrong = models.filter((span) => {
      const seen = /use (rule\d+)/u.exec(String(span.attributes[ATTR.inputMessages]))?.[1];
      return span.attributes[ATTR.knowledgeDecision] !== (seen === undefined ? undefined : `d-${seen}`);
    });
    expect(wrong).toEqual([]);
  });

  it('keeps the answers of parallel branches of one run apart', async () => {
    const branch = trace('branch', async (name: string) => model(await getKnowledge(name)));
    await trace('agent', () => Promise.all([branch('a'), branch('b')]))();
    const decisions = capture.spans
      .filter((span) => span.name === 'model')
      .map((span) => [
        String(span.attributes[ATTR.inputMessages]).includes('use a'),
        span.attributes[ATTR.knowledgeDecision],
      ]);
    expect(decisions).toContainEqual([true, 'd-a']);
    expect(decisions).toContainEqual([false, 'd-b']);
  });

  it('asks once for equal questions at the same time, and not again while the answer is fresh', async () => {
    const ask = (): Promise<string> => getKnowledge('same');
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['use same', 'use same', 'use same']);
    await ask();
    expect(asks()).toBe(1);
    const agent = trace('agent', ask);
    await withContext({ session: 'one' }, agent);
    await withContext({ session: 'one' }, agent);
    expect(asks()).toBe(2);
    // Another unit's coins are its own; without session or conversation every run is a unit.
    await withContext({ session: 'two' }, agent);
    await agent();
    await agent();
    expect(asks()).toBe(5);
  });

  it.each([
    ['refuses', () => ({ status: 503 })],
    ['answers garbage', () => ({ status: 200, body: '<html>' })],
    ['answers another shape', () => ({ status: 200, body: { text: 1 } })],
    ['answers too late', () => delay(2 * DEADLINE_MS, undefined)],
    ['never answers', () => new Promise<undefined>(() => {})],
  ])('gives no text within the deadline when the service %s', async (_name, answerer) => {
    service.answerWith(answerer);
    const agent = trace('agent', async () =>
      model(`prompt ${await getKnowledge('t', { deadlineMs: DEADLINE_MS })}`),
    );
    expect(await agent()).toBe('prompt ');
    expect(capture.span('model').attributes[ATTR.knowledgeDecision]).toBeUndefined();
    expect(capture.span('search_memory').attributes[ATTR.knowledgeSource]).toBe('none');
    const { knowledge = 0, knowledge_deadline: late = 0 } = stats().faults;
    expect(knowledge + late).toBeGreaterThan(0);
  });

  it('gives the last answer to the same question again when the service fails', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const agent = trace('agent', async () => model(await getKnowledge('alpha')));
    const ask = (): Promise<string> => withContext({ session: 's' }, agent);
    expect(await ask()).toBe('use alpha');
    service.answerWith(() => ({ status: 503 }));
    vi.advanceTimersByTime(KNOWLEDGE_FRESH_MS + 1);
    expect(await ask()).toBe('use alpha');
    expect(
      capture.spans
        .filter((span) => span.name === 'model')
        .map((span) => span.attributes[ATTR.knowledgeDecision]),
    ).toEqual(['d-alpha', 'd-alpha']);
    vi.advanceTimersByTime(KNOWLEDGE_STALE_MAX_MS);
    expect(await ask()).toBe('');
    vi.useRealTimers();
  });

  it('gives no text when nobody listens', async () => {
    await service.close();
    expect(await getKnowledge('t')).toBe('');
  });
});

describe('autoInject', () => {
  it('puts the text into the arguments, and leaves them alone when there is none', async () => {
    const seen: unknown[] = [];
    const agent = trace(
      'agent',
      async function answerQuestion(this: unknown, request: { question: string }, system: string) {
        seen.push(request, system);
        return model(system);
      },
      {
        task: (request) => request.question,
        autoInject: ([request, system], knowledge) => [request, `${system}\n${knowledge}`],
      },
    );
    const request = { question: 'alpha' };
    await agent(request, 'be brief');
    expect(seen).toEqual([request, 'be brief\nuse alpha']);
    expect(capture.span('model').attributes[ATTR.knowledgeDecision]).toBe('d-alpha');
    service.answerWith(() => ({ status: 500 }));
    seen.length = 0;
    await agent({ question: 'gamma' }, 'be brief');
    expect(seen[1]).toBe('be brief');
  });
});
