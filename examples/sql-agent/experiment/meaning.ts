import type { Vocabulary } from '../language/recognisers.ts';
import { understand } from '../language/understanding.ts';
import type { Beliefs } from '../world/conventions.ts';

/** What a rule says, judged by the world's own grammar: `false` when anything it states is untrue, `vague` when it states nothing. */
export type Meaning = 'right' | 'false' | 'vague';

export function meaningOf(
  rule: { readonly appliesWhen: string; readonly content: string },
  truth: Beliefs,
  vocabulary: Vocabulary,
): Meaning {
  const { stated, addsOne } = understand(`- when ${rule.appliesWhen}: ${rule.content}`, vocabulary);
  if (addsOne) return 'false';
  const claims = [...stated].flatMap(([convention, values]) =>
    [...values].map((value) => value === truth[convention]),
  );
  if (claims.length === 0) return 'vague';
  return claims.every(Boolean) ? 'right' : 'false';
}
