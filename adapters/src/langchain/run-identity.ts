import type { Attributes } from '@opentelemetry/api';
import type { SpanOptions } from '@tracelore/sdk';

import { listAt, textAt } from './field.ts';

/** What a callback says about the run that starts. */
export interface RunIdentity {
  readonly runId: string;
  readonly parentRunId: string | undefined;
  readonly metadata: unknown;
  readonly tags: unknown;
  readonly graph: boolean;
}

/** LangChain's own marks, of no use to a person who looks for a run. */
const INTERNAL_TAG = /^(?:graph:step:|seq:step:|map:key:|langsmith:)/u;

/** Conversation, session, user and tags, where the application gave them as LangGraph's thread or as metadata. */
export function identityOf(run: RunIdentity): Partial<SpanOptions> {
  const conversation = textAt(run.metadata, 'thread_id');
  const session = textAt(run.metadata, 'session_id');
  const user = textAt(run.metadata, 'user_id');
  const tags = listAt(run.tags).filter(
    (tag): tag is string => typeof tag === 'string' && !INTERNAL_TAG.test(tag),
  );
  return {
    ...(conversation === undefined ? {} : { conversation }),
    ...(session === undefined ? {} : { session }),
    ...(user === undefined ? {} : { user }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

/** The graph node a call was made in: nodes have no spans of their own. */
export function nodeAttributes(metadata: unknown): Attributes {
  const node = textAt(metadata, 'langgraph_node');
  return node === undefined ? {} : { 'langgraph.node': node };
}
