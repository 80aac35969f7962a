import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, type Store } from '@tracelore/collector/store';
import { resolveConfig } from '../../learner/src/config.ts';
import { newRandomId } from '../../learner/src/ids.ts';
import { createParts, type LearnerParts } from '../../learner/src/learner-parts.ts';
import { startScriptedServer } from '../../learner/src/llm/scripted-server.testing.ts';
import { gullibleAnswer } from './gullible-model.ts';
import type { Poison } from '../../learner/src/safety/poison.testing.ts';

/** Model calls that one run of the suite may take. */
const CALLS_PER_DAY = 1_000_000;

/** The shipped learner on a store of its own, with keys, so that its users are strangers to each other. */
export interface Subject {
  readonly store: Store;
  readonly parts: LearnerParts;
  /** What was planted in the runs of a ticket; the model reads it. */
  readonly planted: Map<string, Poison>;
  close(): Promise<void>;
}

export async function openSubject(): Promise<Subject> {
  const directory = mkdtempSync(path.join(tmpdir(), 'tracelore-poison-'));
  const store = await openStore({ location: { kind: 'embedded', directory } });
  const planted = new Map<string, Poison>();
  const model = await startScriptedServer((request) => gullibleAnswer(request, planted));
  const config = resolveConfig({
    arguments: {
      openaiBaseUrl: model.baseUrl,
      modelCallsPerDay: CALLS_PER_DAY,
      holdoutGlobal: 0,
      holdoutRule: 0,
    },
  });
  const parts = await createParts({
    store,
    config,
    isKeyless: () => false,
    now: () => new Date(),
    newId: newRandomId,
    report: () => undefined,
  });
  return {
    store,
    parts,
    planted,
    async close() {
      await parts.loop.stop();
      await parts.decisions.close();
      await model.close();
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
