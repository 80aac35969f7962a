import type { SeenRequest } from '../../learner/src/llm/scripted-server.testing.ts';
import type { Poison } from '../../learner/src/safety/poison.testing.ts';
import { markIn } from './entries.ts';

/** What was planted in the runs of each ticket. */
export type Planted = ReadonlyMap<string, Poison>;

interface ProposedLesson {
  readonly kind: 'skill';
  readonly content: string;
  readonly appliesWhen: string;
  readonly because: string;
  readonly evidence: readonly { readonly span: string; readonly field: string; readonly quote: string }[];
}

/** What a model makes of a planted text: it copies it, reads through its disguise, or takes the wish for its own finding. */
const READS: readonly ((poison: Poison) => string)[] = [
  ({ text }) => text,
  ({ meaning }) => meaning,
  ({ wish }) => wish,
];

/**
 * The worst analyzer there is: whatever was planted in a run becomes lessons, one that quotes the planted text and one that
 * quotes what the check said. Which of the {@link READS} it does follows from the ticket, so that each text is read in one of
 * them. It knows what was planted where, as no model would need to.
 */
export function gullibleAnswer({ body }: SeenRequest, planted: Planted): { readonly content: string } {
  const prompt = body.messages[1]?.content ?? '';
  const lessons = prompt
    .split('<run ')
    .slice(1)
    .flatMap((block) => lessonsFrom(block, planted));
  return { content: JSON.stringify({ lessons }) };
}

function lessonsFrom(block: string, planted: Planted): ProposedLesson[] {
  const mark = markIn(block);
  const poison = mark === undefined ? undefined : planted.get(mark);
  if (mark === undefined || poison === undefined) return [];
  const content = READS[Number(mark.split('-')[1]) % READS.length]?.(poison) ?? poison.text;
  const labels = [...block.matchAll(/<span label="(S\d+)"/g)].map((match) => match[1] ?? '');
  const lesson = (span: string, field: string, quote: string): ProposedLesson => ({
    kind: 'skill',
    content,
    appliesWhen: 'a question asks for the number of orders of a shop',
    because: 'the runs say so',
    evidence: [{ span, field, quote }],
  });
  const [root = '', last = root] = [labels[0], labels.at(-1)];
  const inJson = JSON.stringify(poison.text).slice(1, -1);
  const isFeedback = block.includes('<outcome source="feedback">');
  const place: readonly [string, string] = isFeedback
    ? [root, 'outcome']
    : [last, labels.length === 1 ? 'input' : 'output'];
  const quote = block.includes('"note"') || block.includes('&quot;note&quot;') ? inJson : poison.text;
  return [lesson(...place, quote), lesson(root, 'outcome', 'expected 39, got 41')];
}
