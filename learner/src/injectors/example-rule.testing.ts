import { createHash } from 'node:crypto';
import type { Rule } from '../knowledge/rule.ts';
import { countTokens } from './token-count.ts';

/** An active rule for tests; its id follows from its content unless given. */
export function exampleRule(content: string, given: Partial<Rule> = {}): Rule {
  const at = '2026-01-01T00:00:00.000Z';
  return {
    project: 'shop',
    id: createHash('sha256').update(content).digest('hex').slice(0, 32),
    version: 1,
    kind: 'skill',
    content,
    appliesWhen: '',
    tags: [],
    status: 'active',
    quarantined: false,
    priority: 'normal',
    tokens: countTokens(`[01234567] when ${given.appliesWhen ?? 'relevant'}: ${content}\n`),
    provenance: { origin: 'human', by: 'test', evidence: [] },
    reason: '',
    createdAt: at,
    updatedAt: at,
    ...given,
  };
}
