import type { Attributes } from '@opentelemetry/api';

import { captureJson, captureText } from './capture.ts';
import type { Config } from './config.ts';
import { currentConfig } from './configure.ts';
import { ATTR } from './contract/attributes.ts';
import {
  itemReference,
  type InjectionFormat,
  type KnowledgeAnswer,
  type KnowledgeRequest,
} from './contract/knowledge.ts';
import { guarded, recordFault } from './diagnostics.ts';
import { knowledgeAttributes, markKnowledge } from './knowledge-attributes.ts';
import { KnowledgeClient, type KnowledgeSource, type SourcedAnswer } from './knowledge-client.ts';
import { currentScope, type KnowledgeAttribution, knowledgeInScope, type Scope } from './scope.ts';
import { type SpanHandle, startSpan } from './span.ts';

/** In a trial nobody waits, and a wrong rule set would spoil it: the deadline is longer, ms. */
const TRIAL_DEADLINE_MS = 10_000;

export interface KnowledgeOptions {
  /** Default: the nearest agent's name. */
  readonly agent?: string;
  /** Unit of randomisation. Default: conversation, else session, else run. */
  readonly unit?: string;
  /** Token budget of the text. */
  readonly maxTokens?: number;
  readonly format?: InjectionFormat;
  /** Default: the configured `knowledgeDeadlineMs`. */
  readonly deadlineMs?: number;
}

const client = new KnowledgeClient();

/**
 * Text of the rules that help with a task, to be put into the prompt; `""` when there is nothing to say. Never rejects
 * and never takes longer than the deadline: if the service fails, the last answer to the same question is given again
 * (up to 60 s old), else `""`. Which rules were given stands on the model spans that follow in this run, and on its root.
 */
export async function getKnowledge(task: string, options: KnowledgeOptions = {}): Promise<string> {
  return (await askKnowledge(task, options))?.text ?? '';
}

/**
 * As {@link getKnowledge}, with everything that the answer says: for adapters, which know which model call they put the
 * text into. `undefined`: no answer could be got.
 */
export async function askKnowledge(
  task: string,
  options: KnowledgeOptions = {},
): Promise<KnowledgeAttribution | undefined> {
  const config = currentConfig();
  if (config.disabled) return undefined;
  const scope = currentScope();
  const span = guarded('knowledge_span', undefined, () => searchSpan(scope, config, task));
  try {
    const request = requestFor(scope, config, task, options);
    const deadlineMs =
      options.deadlineMs ?? (scope.trial === undefined ? config.knowledgeDeadlineMs : TRIAL_DEADLINE_MS);
    const { service } = scope.backend ?? {};
    const found =
      service === undefined
        ? await client.ask(config, request, deadlineMs)
        : { source: 'service' as const, answer: await service.ask(request) };
    const knowledge = found.answer === undefined ? undefined : attributionOf(found.answer);
    guarded('knowledge_record', undefined, () => record(scope, span, found, knowledge));
    return knowledge;
  } catch (error) {
    recordFault('knowledge', 'getKnowledge failed', error);
    guarded('knowledge_record', undefined, () => record(scope, span, { source: 'none' }, undefined));
    return undefined;
  } finally {
    span?.end();
  }
}

/** The answer that a model call made here would be attributed to; for adapters that inject text themselves. */
export function currentKnowledge(): KnowledgeAttribution | undefined {
  return knowledgeInScope(currentScope());
}

/** Forgets cached answers; for tests. */
export function resetKnowledge(): void {
  client.reset();
}

/** Outside any trace there is no span: it would be a run of its own that nobody executed. */
function searchSpan(scope: Scope, config: Config, task: string): SpanHandle | undefined {
  if (scope.run === undefined) return undefined;
  const span = startSpan({ name: 'search_memory', kind: 'memory' });
  span.setAttributes({
    ...(config.project === '' ? {} : { [ATTR.memoryStoreId]: config.project }),
    ...(span.captures ? { [ATTR.memoryQueryText]: captureText(task) } : {}),
  });
  return span;
}

function requestFor(scope: Scope, config: Config, task: string, options: KnowledgeOptions): KnowledgeRequest {
  const agent = options.agent ?? scope.agent;
  const session = scope.conversation ?? scope.session;
  const unit = options.unit ?? session ?? scope.run?.id;
  return {
    task,
    ...(config.project === '' ? {} : { project: config.project }),
    ...(agent === undefined ? {} : { agent }),
    ...(session === undefined ? {} : { session }),
    ...(unit === undefined ? {} : { unit }),
    ...(scope.run === undefined ? {} : { run: scope.run.id }),
    ...(scope.trial === undefined ? {} : { trial: scope.trial.id }),
    ...(scope.override === undefined ? {} : { override: scope.override }),
    ...(scope.fingerprint === undefined ? {} : { fingerprint: scope.fingerprint }),
    ...(options.maxTokens === undefined ? {} : { maxTokens: options.maxTokens }),
    ...(options.format === undefined ? {} : { format: options.format }),
  };
}

function attributionOf(answer: KnowledgeAnswer): KnowledgeAttribution {
  return {
    decision: answer.decision,
    snapshot: answer.snapshot,
    arm: answer.arm,
    items: answer.items.map(itemReference),
    text: answer.text,
  };
}

function record(
  scope: Scope,
  span: SpanHandle | undefined,
  found: SourcedAnswer,
  knowledge: KnowledgeAttribution | undefined,
): void {
  const { answer, source } = found;
  if (answer === undefined || knowledge === undefined) {
    if (scope.trial !== undefined) scope.trial.fault ??= 'knowledge could not be got';
    span?.setAttributes({ [ATTR.memoryRecordCount]: 0, [ATTR.knowledgeSource]: source });
    markKnowledge(scope, null);
    return;
  }
  markKnowledge(scope, knowledge);
  span?.setAttributes({ ...knowledgeAttributes(knowledge), ...recordAttributes(span, answer, source) });
}

function recordAttributes(span: SpanHandle, answer: KnowledgeAnswer, source: KnowledgeSource): Attributes {
  const records = answer.items.map((item) => ({ id: itemReference(item), content: item.content }));
  return {
    [ATTR.memoryRecordCount]: answer.items.length,
    [ATTR.knowledgeSource]: source,
    ...(span.captures ? { [ATTR.memoryRecords]: captureJson(records) } : {}),
  };
}
