import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, type Store } from '@tracelore/collector/store';
import { newRandomId } from '../ids.ts';
import { migrateLearner } from '../store/migrate.ts';
import type { Change, KnowledgeBase } from './knowledge-base.ts';
import { createKnowledgeLog, type KnowledgeLog } from './knowledge-log.ts';
import { openKnowledge, type KnowledgeRegistry } from './knowledge-registry.ts';
import type { Provenance, Rule, RuleText } from './rule.ts';

export const BY_ANN: Provenance = { origin: 'human', by: 'ann', evidence: [] };

type RegistryOptions = Partial<Parameters<typeof openKnowledge>[0]>;

/** A store of its own on disk, and knowledge as a restarted process would see it. */
export interface KnowledgeStore {
  readonly store: Store;
  readonly log: KnowledgeLog;
  /** By default ids are random and each look at the clock is a second later. */
  reopen(options?: RegistryOptions): Promise<KnowledgeRegistry>;
  close(): Promise<void>;
}

export async function openKnowledgeStore(): Promise<KnowledgeStore> {
  const directory = await mkdtemp(path.join(tmpdir(), 'knowledge-'));
  const store = await openStore({ location: { kind: 'embedded', directory } });
  await migrateLearner(store);
  const log = createKnowledgeLog(store.driver, store.database);
  return {
    store,
    log,
    reopen(options) {
      let ms = Date.UTC(2026, 0, 1);
      return openKnowledge({ log, newId: newRandomId, now: () => new Date((ms += 1_000)), ...options });
    },
    async close() {
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}

export function ruleText(content: string, changes: Partial<RuleText> = {}): RuleText {
  return { kind: 'skill', content, appliesWhen: 'a question is about revenue', tags: [], ...changes };
}

/** The rule after a change that must not be refused. */
export function done(change: Change): Rule {
  if (!change.ok) throw new Error(`${change.code}: ${change.message}`);
  return change.rule;
}

/** A rule that a person wrote and approved. */
export async function inForce(base: KnowledgeBase, content: string): Promise<Rule> {
  const { id } = done(await base.propose(ruleText(content), BY_ANN));
  return done(await base.approve(id, 'ann'));
}
