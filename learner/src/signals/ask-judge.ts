import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { cutMiddle } from '../analyzers/content-budget.ts';
import { stripOwnKnowledge } from '../analyzers/own-knowledge.ts';
import type { ChatModel, Usage } from '../llm/chat-model.ts';
import { followedCanary, newCanary, withCanary } from './canary.ts';

/** Characters of each text that a judge reads. */
const TEXT_CHARACTERS_MAX = 12_000;
/** Mostly for models that reason before they answer. */
const ANSWER_TOKENS_MAX = 8_192;

/** What a judge is asked. Texts are data; none of them says which rules were there. */
export interface JudgeQuestion<T> {
  readonly system: string;
  /** What the judged texts are held against, by name. */
  readonly about: Readonly<Record<string, string>>;
  readonly judged: Readonly<Record<string, string>>;
  readonly schemaName: string;
  readonly schema: z.ZodType<T>;
}

/** `followed`: it did what a judged text asks, so that its verdict is worth nothing. */
export type JudgeAnswer<T> =
  | { readonly kind: 'answered'; readonly value: T; readonly usage: Usage }
  | { readonly kind: 'failed'; readonly message: string; readonly usage: Usage }
  | { readonly kind: 'followed'; readonly usage: Usage };

/** Text as a judge reads it: without the rules that Tracelore gave the agent, and not longer than it may be. */
export function readByJudge(text: string): string {
  return cutMiddle(stripOwnKnowledge(text), TEXT_CHARACTERS_MAX);
}

/**
 * Asks a model to judge. Every text stands between markers that nobody can foresee, so that none can close its own fence, and
 * what is judged ends with an instruction of ours: a judge that follows it would follow the text's own as well.
 */
export async function askJudge<T extends { readonly reason: string }>(
  model: ChatModel,
  { system, about, judged, schemaName, schema }: JudgeQuestion<T>,
  signal?: AbortSignal,
): Promise<JudgeAnswer<T>> {
  const canary = newCanary();
  const nonce = randomBytes(4).toString('hex');
  const fenced = (name: string, text: string): string => `<${name} ${nonce}>\n${text}\n</${name} ${nonce}>`;
  const texts = [
    ...Object.entries(about).map(([name, text]) => fenced(name, readByJudge(text))),
    // Cut before, so that the canary stays in.
    ...Object.entries(judged).map(([name, text]) => fenced(name, withCanary(readByJudge(text), canary))),
  ];
  const result = await model.complete({
    system,
    user: texts.join('\n\n'),
    schemaName,
    schema,
    outputTokensMax: ANSWER_TOKENS_MAX,
    ...(signal === undefined ? {} : { signal }),
  });
  const { usage } = result;
  if (!result.ok) return { kind: 'failed', message: result.message, usage };
  if (followedCanary(result.value.reason, canary)) return { kind: 'followed', usage };
  return { kind: 'answered', value: result.value, usage };
}
