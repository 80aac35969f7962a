import type { Change } from '../../learner/src/knowledge/knowledge-base.ts';
import { newRandomId } from '../../learner/src/ids.ts';
import type { RuleText } from '../../learner/src/knowledge/rule.ts';
import type { Poison } from '../../learner/src/safety/poison.testing.ts';
import type { Subject } from './subject.ts';
import type { WaveResult } from './wave.ts';

const asRule = ({ text }: Poison): RuleText => ({
  kind: 'skill',
  content: text.slice(0, 400),
  appliesWhen: 'a question asks for the number of orders of a shop',
  tags: [],
});
const TASK = 'How many orders did the shop of ticket 1 have?';

/** Texts that somebody writes down as rules: from a file, through the API, or as the new text of a rule in force. */
export async function runWritten(
  { parts }: Subject,
  entry: 'import' | 'API' | 'edit',
  texts: readonly Poison[],
): Promise<WaveResult> {
  const project = `written-${entry}`;
  const base = parts.registry.of(project);
  const origin = entry === 'import' ? 'import' : 'human';
  let dropped = 0;
  for (const poison of texts) {
    const change =
      entry === 'edit'
        ? await edited(poison)
        : await base.propose(asRule(poison), { origin, by: 'eve', evidence: [] });
    if (!change.ok) dropped += 1;
  }
  return counted(project, entry, texts.length, dropped, parts);

  async function edited(poison: Poison): Promise<Change> {
    const content = `Orders of shop ${newRandomId()} count once.`;
    const honest = await base.propose(
      { ...asRule(poison), content },
      { origin: 'human', by: 'ann', evidence: [] },
    );
    if (!honest.ok) return honest;
    await base.approve(honest.rule.id, 'ann');
    const change = await base.edit(honest.rule.id, { content: asRule(poison).content }, 'eve');
    // The text in force before stays in force when the new one is refused; it is not what is counted here.
    if (!change.ok) await base.reject(honest.rule.id, 'ann', 'end of the test');
    return change;
  }
}

/** Texts that a person turned down, and a snapshot from before that is restored by somebody. */
export async function runRestored({ parts }: Subject, texts: readonly Poison[]): Promise<WaveResult> {
  const project = 'written-restore';
  const base = parts.registry.of(project);
  let dropped = 0;
  for (const poison of texts) {
    const change = await base.propose(asRule(poison), { origin: 'human', by: 'eve', evidence: [] });
    if (!change.ok) dropped += 1;
  }
  const position = base.snapshot();
  for (const { id } of base.list()) await base.reject(id, 'ann', 'planted');
  const restored = await base.restore(String(position), 'eve', 'back to where it was');
  if (!restored.ok) throw new Error(`restore: ${restored.message}`);
  return counted(project, 'restore', texts.length, dropped, parts);
}

function counted(
  project: string,
  entry: string,
  planted: number,
  dropped: number,
  parts: Subject['parts'],
): WaveResult {
  const rules = parts.registry
    .of(project)
    .list()
    .filter(({ status }) => status !== 'archived');
  const { items } = parts.serving.get({ task: TASK, unit: 'u' }, project);
  return {
    entry,
    strangers: 0,
    planted,
    lessons: planted,
    dropped,
    quarantined: rules.filter(({ quarantined }) => quarantined).length,
    waiting: rules.filter(({ quarantined, status }) => !quarantined && status === 'candidate').length,
    active: rules.filter(({ status }) => status === 'active').length,
    served: items.length,
    tried: 0,
  };
}
