import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startScriptedServer, type ScriptedServer } from '../llm/scripted-server.testing.ts';
import { verdict } from './engine-bench.testing.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const folder = mkdtempSync(path.join(tmpdir(), 'tracelore-engine-page-'));
let model: ScriptedServer;

const LESSON = {
  kind: 'skill',
  content: 'Order amounts are stored in cents: divide by 100.',
  appliesWhen: 'a question asks for the amount of an order',
  because: 'the answers are a hundred times too high',
};

beforeAll(async () => {
  model = await startScriptedServer(({ body }) => {
    const user = body.messages[1]?.content ?? '';
    if (body.response_format?.json_schema?.name === 'verdict')
      return verdict(/EUR in total/.test(user) ? 0.1 : 0.9);
    const quote = /(\d+ EUR in total)/.exec(user)?.[1] ?? '';
    const evidence = [{ span: 'S1', field: 'output', quote }];
    return { content: JSON.stringify({ lessons: [{ ...LESSON, evidence }] }) };
  });
});

afterAll(async () => {
  await model.close();
  rmSync(folder, { recursive: true });
});

test('the example of docs/engine.md runs as it stands there', async () => {
  const page = readFileSync(path.join(ROOT, 'docs/engine.md'), 'utf8');
  const block = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(path.join(folder, 'example.js'), block);
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  const { PATH = '', HOME = '' } = process.env;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@tracelore/source', 'example.js'],
    { cwd: folder, env: { PATH, HOME, OPENAI_BASE_URL: model.baseUrl, TRACELORE_MODEL: 'scripted' } },
  );
  expect(stdout).toBe('proven: 1\naccuracy: 0 → 1\n');
});
