import { z } from 'zod';
import type { KnowledgeBase } from './knowledge-base.ts';
import { RULE_KINDS, type RuleKind, type RuleText } from './rule.ts';

/** Items of one import. */
export const IMPORTED_ITEMS_MAX = 5_000;

/** What became of items that were sent in. `index` counts from 0 in the order given. */
export interface ImportedItems {
  /** Ids of the new rules: candidates that wait for a person, whatever the file says about them. */
  readonly imported: readonly string[];
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly problem: string }[];
}

/** An item as agentlearn 0.5.0 exports it, or a rule of ours. Everything about its standing is left out: nothing here vouches for it. */
const ITEM = z.union([
  z.object({
    fix_type: z.string(),
    content: z.string(),
    applies_when: z.string().default(''),
    tags: z.array(z.string()).default([]),
    source_trace_ids: z.array(z.string()).default([]),
    analyzer_id: z.string().default(''),
  }),
  z.object({
    kind: z.string(),
    content: z.string(),
    appliesWhen: z.string().default(''),
    tags: z.array(z.string()).default([]),
  }),
]);

/** An item that is about nothing in particular. */
const APPLIES_ALWAYS = 'any task';

/**
 * Writes items of an export down as rules. Each passes the same gate as every other text and becomes a candidate that waits for a
 * person; none becomes active, pinned or approved, whatever the file says. Ids are new.
 *
 * @param actor who imports
 */
export async function importItems(
  base: Pick<KnowledgeBase, 'propose'>,
  items: readonly unknown[],
  actor: string,
): Promise<ImportedItems> {
  const imported: string[] = [];
  const rejected: { index: number; problem: string }[] = [];
  let duplicates = 0;
  for (const [index, item] of items.entries()) {
    const text = textOf(item);
    if (typeof text === 'string') {
      rejected.push({ index, problem: text });
      continue;
    }
    const change = await base.propose(text, { origin: 'import', by: actor, evidence: [] });
    if (change.ok) imported.push(change.rule.id);
    else if (change.code === 'duplicate') duplicates += 1;
    else rejected.push({ index, problem: change.message });
  }
  return { imported, duplicates, rejected };
}

/** The rule that an item says, or what is wrong with it. */
function textOf(item: unknown): RuleText | string {
  const checked = ITEM.safeParse(item);
  if (!checked.success) {
    return 'expected a knowledge item with "fix_type" (or "kind"), "content" and "applies_when" (or "appliesWhen")';
  }
  const given = checked.data;
  const [kind, appliesWhen] =
    'fix_type' in given ? [given.fix_type, given.applies_when] : [given.kind, given.appliesWhen];
  return {
    kind: kindOf(kind),
    content: given.content.trim(),
    appliesWhen: appliesWhen.trim() === '' ? APPLIES_ALWAYS : appliesWhen.trim(),
    tags: given.tags,
  };
}

/** An unknown kind is a skill. */
function kindOf(name: string): RuleKind {
  return RULE_KINDS.find((kind) => kind === name) ?? 'skill';
}
