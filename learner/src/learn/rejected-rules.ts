import type { Rule } from '../knowledge/rule.ts';
import type { LearnParts } from './learn-parts.ts';

/**
 * Rules that must not be proposed again now: those a person turned down or took out of service, those found harmful, and
 * those refuted while the agent had its present model, prompt and tools. A futile rule may help another model.
 */
export async function rejectedRules(
  parts: Pick<LearnParts, 'knowledge' | 'verdicts'>,
  project: string,
  fingerprint: string,
): Promise<readonly Rule[]> {
  const base = parts.knowledge(project);
  const archived = [...base.list({ status: 'archived' }), ...base.list({ status: 'deprecated' })];
  if (archived.length === 0) return [];
  const tested = await parts.verdicts.fingerprints(project);
  return archived.filter(({ verdictId, reason }) => {
    const then = verdictId === undefined ? undefined : tested.get(verdictId);
    return then === undefined || then === fingerprint || reason.startsWith('harmful');
  });
}
