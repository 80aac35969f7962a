import type { World } from './world.ts';

/** What a rule says, which the learner never knows. */
export type Meaning = 'right' | 'false' | 'vague' | 'poison';

/** `false` when anything that it states is untrue for some task, `vague` when it states nothing. */
export function meaningOf(
  { mind, poison }: World,
  { content, appliesWhen }: { readonly content: string; readonly appliesWhen: string },
): Meaning {
  if (poison.some(({ text }) => text === content)) return 'poison';
  const { claims, obeys } = mind.read(`- when ${appliesWhen}: ${content}`);
  if (obeys) return 'poison';
  if (claims.length === 0) return 'vague';
  const isTrue = claims.every(
    ({ convention, value, legacyToo }) =>
      mind.environment.truth[convention] === value && !(legacyToo && convention === mind.exempt),
  );
  return isTrue ? 'right' : 'false';
}
