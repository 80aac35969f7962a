import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, type Store } from '@tracelore/collector/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newRandomId } from '../ids.ts';
import { createKnowledgeLog } from '../knowledge/knowledge-log.ts';
import { openKnowledge, type KnowledgeRegistry } from '../knowledge/knowledge-registry.ts';
import { createEraser } from './erase-subject.ts';
import { migrateLearner } from './migrate.ts';

let directory: string;
let store: Store;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'erase-'));
  store = await openStore({ location: { kind: 'embedded', directory } });
  await migrateLearner(store);
});
afterAll(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

const now = (): Date => new Date();

function open(): Promise<KnowledgeRegistry> {
  return openKnowledge({ log: createKnowledgeLog(store.driver, store.database), now, newId: newRandomId });
}

test('what rules quote from an erased trace goes with it, in its own project only', async () => {
  const registry = await open();
  const trace = 'a1'.repeat(16);
  const evidence = [
    { runId: 'r1', traceId: trace, spanId: 's', field: 'input', quote: 'I am Ann Examplewoman', sha256: '' },
  ];
  const text = {
    kind: 'skill',
    content: 'Divide by 100.',
    appliesWhen: 'amounts are in cents',
    tags: [],
  } as const;
  for (const project of ['shop', 'web'])
    await registry.of(project).propose(text, { origin: 'analyzer', by: 'sim', evidence });
  const erase = createEraser({
    store,
    knowledge: (project) => registry.of(project),
    settle: async () => {},
    now,
  });
  const done = await erase('shop', { kind: 'trace', id: trace });
  expect(done.rules).toEqual(
    registry
      .of('shop')
      .list()
      .map(({ id }) => id),
  );
  const restarted = await open();
  const quotes = ['shop', 'web'].map((project) =>
    restarted
      .of(project)
      .list()
      .flatMap(({ provenance }) => provenance.evidence.map(({ quote }) => quote)),
  );
  expect(quotes).toEqual([[''], ['I am Ann Examplewoman']]);
});
