import { newRandomId } from '../ids.ts';
import { CHAIN_START, chain } from './hash-chain.ts';
import type { KnowledgeLog } from './knowledge-log.ts';
import { countRuleTokens } from './rule-tokens.ts';
import type { RuleText } from './rule.ts';

/** Writes rules into the log of a new project, active, past every check: as a log from before today's scanner has them. */
export async function activateUnseen(
  log: KnowledgeLog,
  project: string,
  texts: readonly RuleText[],
): Promise<void> {
  let [sequence, previous] = [0, CHAIN_START];
  for (const text of texts) {
    const ruleId = newRandomId();
    const provenance = { origin: 'human', by: 'ann', evidence: [] };
    const proposed = { text, tokens: countRuleTokens(ruleId, text), provenance, reason: '' };
    const steps = [
      { type: 'proposed', data: proposed },
      { type: 'validated', data: { reason: 'helps', verdictId: 'v' } },
      { type: 'activated', data: { reason: 'helps' } },
    ] as const;
    for (const { type, data } of steps) {
      sequence += 1;
      const event = chain(
        {
          project,
          sequence,
          id: newRandomId(),
          type,
          ruleId,
          at: new Date(sequence).toISOString(),
          actor: type === 'proposed' ? 'ann' : 'learner',
          data: JSON.stringify(data),
        },
        previous,
      );
      previous = event.hash;
      await log.append([{ ...event, quotes: [] }]);
    }
  }
}
