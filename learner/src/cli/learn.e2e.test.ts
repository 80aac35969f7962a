import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startScriptedServer, type ScriptedServer } from '../llm/scripted-server.testing.ts';
import { startService, tracelore, type Ended, type Service } from './child.testing.ts';
import { sendFailedRuns } from './failed-runs.testing.ts';

const AGENT = `${fileURLToPath(new URL('./agent.testing.ts', import.meta.url))}#answer`;
const FAILURE = 'expected 200 euros, got 20000';

let directory: string;
let model: ScriptedServer;
let service: Service;
let isKeyAccepted = true;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'learn-'));
  // Proposes the right lesson, with the judgement as evidence, from whatever failure it is shown.
  const lesson = {
    content: JSON.stringify({
      lessons: [
        {
          kind: 'skill',
          content: 'Divide revenue amounts by 100: they are stored in cents.',
          appliesWhen: 'a question asks for the revenue of a shop in euros',
          because: 'results are a hundred times too high',
          evidence: [{ span: 'S1', field: 'outcome', quote: FAILURE }],
        },
      ],
    }),
  };
  model = await startScriptedServer(() => (isKeyAccepted ? lesson : { status: 401, message: 'no such key' }));
  service = await startService(directory, [], {
    OPENAI_BASE_URL: model.baseUrl,
    TRACELORE_MODEL: 'scripted',
  });
  await sendFailedRuns(service, 6, FAILURE);
});

afterAll(async () => {
  await service.end('SIGTERM');
  await model.close();
  await rm(directory, { recursive: true });
});

function run(...args: string[]): Promise<Ended> {
  return tracelore(args, directory, { TRACELORE_API_URL: service.api });
}

test('a pass that fails says why and leaves the runs for the next one', async () => {
  isKeyAccepted = false;
  const failed = await run('learn');
  isKeyAccepted = true;
  expect(failed.code).toBe(1);
  expect(failed.stdout).toMatch(/^Pass +[0-9a-f]{8} failed$/m);
  expect(failed.stderr).toMatch(/tracelore: learning pass [0-9a-f]{8} failed: .*no such key/);
  expect((await run('status')).stdout).toContain('6 not analysed');
});

test('failures become a lesson, the lesson is proven with the agent in a file, and then it is served', async () => {
  const cases = Array.from(
    { length: 40 },
    (_, index) => `What is the revenue of shop ${index + 100} in euros?,200`,
  );
  await writeFile(path.join(directory, 'cases.csv'), ['task,expected', ...cases].join('\n'));
  expect(await run('eval', 'import', 'cases.csv')).toMatchObject({ code: 0 });

  const learned = await run('learn', '--agent', AGENT, '--budget', '400', '--seed', 'one');
  expect(learned).toMatchObject({ code: 0 });
  // Which phases of a fast pass are seen is chance; that it ends is not.
  expect(learned.stderr).toMatch(/^(?:(?:select|gate|release|(?:analyse|validate): \d+ .*)\n)*succeeded\n$/);
  expect(learned.stdout).toMatch(/^Analysed +6 of 6 runs, \d+ model calls/m);
  expect(learned.stdout).toMatch(/^Promoted +[0-9a-f]{8}$/m);

  const id = /^Promoted +([0-9a-f]{8})$/m.exec(learned.stdout)?.[1] ?? '';
  const shown = await run('knowledge', 'show', id);
  expect(shown.stdout).toContain(`outcome.comment: "${FAILURE}"`);
  expect(shown.stdout).toMatch(/validated by learner: .*\n.*activated by learner/);
  const verdict = await run('verdict', 'show', id);
  expect(verdict.stdout).toMatch(
    /^Bound +P\(any false promotion among the 1 candidate of this cycle\) ≤ 5 %/m,
  );
  const cycle = /^Cycle +([0-9a-f-]+),/m.exec(verdict.stdout)?.[1] ?? '';
  const recomputed = await run('verdict', 'recompute', cycle.slice(0, 8));
  expect(recomputed).toMatchObject({ code: 0, stderr: '' });
  expect(recomputed.stdout).toMatch(/^1 of 1 verdicts follow from the \d+ stored trials/);
  expect(await run('verdict', 'recompute', 'ffffffff')).toMatchObject({ code: 1 });
  const answer = await fetch(`${service.api}/v1/knowledge/get`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/plain' },
    body: JSON.stringify({ task: 'What is the revenue of shop 7 in euros?', override: 'active' }),
  });
  expect(await answer.text()).toContain('Divide revenue amounts by 100');
  expect((await run('status')).stdout).toMatch(/^Learning +last pass [0-9a-f]{8} succeeded/m);
});
