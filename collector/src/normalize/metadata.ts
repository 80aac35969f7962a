import type { CanonicalFields } from './canonical-fields.ts';
import { first, isJson, parsedJson } from './content/message-part.ts';

/** Identity in a free `metadata` object, where LangChain and many users put it. Fills only what is still unknown. */
export function fillFromMetadata(value: unknown, fields: CanonicalFields): void {
  const metadata = parsedJson(value);
  if (!isJson(metadata)) return;
  const text = (...names: readonly string[]): string | undefined => {
    const found = first(metadata, names);
    return typeof found === 'string' && found !== '' ? found : undefined;
  };
  const conversation = text('thread_id', 'threadId', 'conversation_id', 'conversationId');
  const session = text('session_id', 'sessionId', 'langfuse_session_id');
  const user = text('user_id', 'userId', 'langfuse_user_id');
  const agent = text('lc_agent_name');
  if (conversation !== undefined) fields.conversationId ??= conversation;
  if (session !== undefined) fields.sessionId ??= session;
  if (user !== undefined) fields.userId ??= user;
  if (agent !== undefined) fields.agent ??= agent;
}
