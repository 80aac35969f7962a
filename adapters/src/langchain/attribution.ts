import type { Attributes } from '@opentelemetry/api';
import { currentKnowledge, currentScope, type KnowledgeAttribution } from '@tracelore/sdk';
import { ATTR } from '@tracelore/sdk/contract';

import { textOf } from './messages.ts';
import { graphOf, parentSpan, type RunRecord } from './run-book.ts';

/** Answers remembered per run; an agent asks once, a graph once per model and task. */
const ANSWERS_MAX = 64;
/** Rules stand in the text under so many first characters of their id. */
const SHORT_ID_LENGTH = 8;
/** Shorter lines without such an id could be in any prompt by chance, characters. */
const TELLING_LINE_MIN = 16;

interface Injected {
  readonly knowledge: KnowledgeAttribution;
  /** Agent it was asked for; `undefined`: a model outside any graph. */
  readonly graph: RunRecord | undefined;
}

/** What was put into prompts, by the run it was put in. */
const injectedIn = new WeakMap<object, Injected[]>();

/** Remembers an answer whose text goes into the prompts of a run. */
export function noteInjected(knowledge: KnowledgeAttribution, record: RunRecord | undefined): void {
  const run = runOf(record);
  if (run === undefined || knowledge.text === '') return;
  const known = injectedIn.get(run) ?? [];
  known.push({ knowledge, graph: graphOf(record) });
  if (known.length > ANSWERS_MAX) known.shift();
  injectedIn.set(run, known);
}

/**
 * What a model call saw, judged by its own prompt: several models of one run may have been told different things at the
 * same time, and an agent within an agent is not told what the outer one was. An answer without text (nothing relevant,
 * hold-out) counts as seen: there was nothing to show. Text that the application asked for itself and laid out anew is
 * recognised by any one of its lines.
 */
export function seenKnowledge(
  parent: RunRecord | undefined,
  messages: readonly unknown[],
): KnowledgeAttribution | undefined {
  const injected = injectedIn.get(runOf(parent) ?? NO_RUN) ?? [];
  const span = parentSpan(parent);
  const known = span === undefined ? currentKnowledge() : span.run(currentKnowledge);
  if (injected.length === 0 && (known === undefined || known.text === '')) return known;
  const prompt = messages.map(textOf);
  const graph = graphOf(parent);
  const present = injected.filter(({ knowledge }) => holds(prompt, knowledge.text));
  const own = present.findLast((candidate) => candidate.graph === graph) ?? present.at(-1);
  if (own !== undefined) return own.knowledge;
  return known === undefined || known.text === '' || shows(prompt, known) ? known : undefined;
}

/** How it stands on the span of a model call. */
export function knowledgeAttributes(knowledge: KnowledgeAttribution | undefined): Attributes {
  if (knowledge === undefined) return {};
  return {
    [ATTR.knowledgeDecision]: knowledge.decision,
    [ATTR.knowledgeSnapshot]: knowledge.snapshot,
    [ATTR.knowledgeArm]: knowledge.arm,
    [ATTR.knowledgeItems]: [...knowledge.items],
  };
}

const NO_RUN = {};

function runOf(record: RunRecord | undefined): object | undefined {
  return (record === undefined ? currentScope() : record.span.scope).run;
}

/** Whether one of these texts holds a whole text. */
export function holds(texts: readonly string[], text: string): boolean {
  return texts.some((said) => said.includes(text));
}

/** Whether a prompt holds a line that only this answer has: one that names a rule of its, else any that is long enough. */
function shows(prompt: readonly string[], { text, items }: KnowledgeAttribution): boolean {
  const lines = text.split('\n').map((line) => line.trim());
  const ids = items.map((item) => item.slice(0, SHORT_ID_LENGTH));
  const named = lines.filter((line) => ids.some((id) => line.includes(id)));
  const telling = named.length > 0 ? named : lines.filter((line) => line.length >= TELLING_LINE_MIN);
  return (telling.length === 0 ? [text.trim()] : telling).some((line) => holds(prompt, line));
}
