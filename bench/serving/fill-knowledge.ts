import { openStore } from '@tracelore/collector/store';
import { newRandomId } from '../../learner/src/ids.ts';
import { chain, CHAIN_START } from '../../learner/src/knowledge/hash-chain.ts';
import type { KnowledgeEvent } from '../../learner/src/knowledge/knowledge-base.ts';
import { createKnowledgeLog } from '../../learner/src/knowledge/knowledge-log.ts';
import { countRuleTokens } from '../../learner/src/knowledge/rule-tokens.ts';
import type { RuleText } from '../../learner/src/knowledge/rule.ts';
import { migrateLearner } from '../../learner/src/store/migrate.ts';
import { numbers, sentence } from './words.ts';

const PROJECT = 'default';
const EVENTS_PER_APPEND = 10_000;
const PINNED = 3;

/**
 * Writes rules that a person approved into a new directory, as a log that the service verifies when it starts: one
 * proposal and one approval each, three rules pinned. By the log itself, since a hundred thousand requests would take longer
 * than everything that is measured.
 */
export async function fillKnowledge(directory: string, rules: number): Promise<void> {
  const store = await openStore({ location: { kind: 'embedded', directory } });
  try {
    await migrateLearner(store);
    const log = createKnowledgeLog(store.driver, store.database);
    let waiting: KnowledgeEvent[] = [];
    let sequence = 0;
    let previous = CHAIN_START;
    const add = async (type: KnowledgeEvent['type'], ruleId: string, data: object): Promise<void> => {
      sequence += 1;
      const event = chain(
        {
          project: PROJECT,
          sequence,
          id: newRandomId(),
          type,
          ruleId,
          at: new Date().toISOString(),
          actor: 'ann',
          data: JSON.stringify(data),
        },
        previous,
      );
      previous = event.hash;
      waiting.push({ ...event, quotes: [] });
      if (waiting.length < EVENTS_PER_APPEND) return;
      await log.append(waiting);
      waiting = [];
    };
    for (let index = 0; index < rules; index += 1) {
      const id = newRandomId();
      const text = ruleText(index);
      const provenance = { origin: 'human', by: 'ann', evidence: [] };
      await add('proposed', id, { text, tokens: countRuleTokens(id, text), provenance, reason: '' });
      await add('approved', id, { reason: 'approved by ann' });
      if (index < PINNED) await add('pinned', id, { reason: '' });
    }
    await log.append(waiting);
  } finally {
    await store.close();
  }
}

/** One to three sentences, 20 to 50 words. */
function ruleText(index: number): RuleText {
  const next = numbers(`rule ${index}`);
  const sentences = 1 + Math.floor(next() * 3);
  const content = Array.from({ length: sentences }, () => `${sentence(next, 12 + Math.floor(next() * 4))}.`);
  return { kind: 'skill', content: content.join(' '), appliesWhen: sentence(next, 8), tags: [] };
}
