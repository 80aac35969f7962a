import { expect, it } from 'vitest';
import { exampleRule } from '../../injectors/example-rule.testing.ts';
import type { RuleSupport } from '../records/analysis-log.ts';
import { rejectedRules } from './rejected-rules.ts';

const REJECTED_AT = '2026-01-01T00:00:00.000Z';
const refuted = exampleRule('Divide by 10.', {
  status: 'archived',
  verdictId: 'v',
  reason: 'futile: no lift',
});
const harmful = exampleRule('Divide by 7.', {
  status: 'archived',
  verdictId: 'v',
  reason: 'harmful: lift -30',
});

/** Ids of the rules that are not to be proposed again, when failed runs of these users taught both since. */
async function rejected(users: readonly string[], isKeyless: boolean): Promise<readonly string[]> {
  const support = [refuted, harmful].flatMap(({ id: ruleId }) =>
    users.map((principal, index): RuleSupport => ({
      ruleId,
      runId: `${index}`,
      principal,
      at: Date.parse(REJECTED_AT) + 1,
    })),
  );
  const list = ({ status }: { status?: string } = {}): (typeof refuted)[] =>
    status === 'archived' ? [refuted, harmful] : [];
  const parts = {
    knowledge: () => ({ list, history: () => [] }),
    verdicts: { fingerprints: () => Promise.resolve(new Map([['v', 'f1']])) },
    analyses: { support: () => Promise.resolve(support) },
    isKeyless: () => isKeyless,
  };
  return (await rejectedRules(parts, 'p', 'f1')).map(({ id }) => id);
}

it('opens a futile rule again for three new failures of two users, a harmful one never', async () => {
  expect(await rejected(['ann', 'bob'], false)).toEqual([refuted.id, harmful.id]);
  expect(await rejected(['ann', 'ann', 'ann', 'ann'], false)).toEqual([refuted.id, harmful.id]);
  expect(await rejected(['ann', 'ann', 'bob'], false)).toEqual([harmful.id]);
  expect(await rejected(['', '', ''], true)).toEqual([harmful.id]);
});
