import { createHash } from 'node:crypto';
import { LearnerError } from '../errors.ts';
import type { KnowledgeEvent } from './knowledge-base.ts';

/** What the first event of a project has in `previousHash`. */
export const CHAIN_START = '';

/** Keys in canonical order: JSON with exactly these, in this order, is what the hash covers. */
const HASHED: readonly (keyof UnchainedEvent)[] = [
  'actor',
  'at',
  'data',
  'id',
  'project',
  'ruleId',
  'sequence',
  'type',
];

/** Without `quotes`, which may be erased: the payload has their seals. */
export type UnchainedEvent = Omit<KnowledgeEvent, 'previousHash' | 'hash' | 'quotes'>;
type ChainedEvent = Omit<KnowledgeEvent, 'quotes'>;

/** SHA-256 over the previous hash and the canonical JSON of the event, hex. */
export function hashEvent(event: UnchainedEvent, previousHash: string): string {
  return createHash('sha256')
    .update(previousHash)
    .update('\n')
    .update(JSON.stringify(event, [...HASHED]))
    .digest('hex');
}

export function chain(event: UnchainedEvent, previousHash: string): ChainedEvent {
  return { ...event, previousHash, hash: hashEvent(event, previousHash) };
}

/**
 * Checks that `event` follows `previous` (undefined = it is the first). Throws {@link LearnerError}
 * `knowledge_log_broken` that names the place and what is wrong there: a gap, a fork, or an entry changed afterwards.
 */
export function verifyLink(previous: ChainedEvent | undefined, event: ChainedEvent): void {
  const expected = (previous?.sequence ?? 0) + 1;
  if (event.sequence === previous?.sequence) {
    throw broken(
      event,
      'two entries have this number: two processes wrote the log. Run one learner per project and restore the log from a backup',
    );
  }
  if (event.sequence !== expected) {
    throw broken(event, `entry ${expected} is missing. Restore the log from a backup`);
  }
  if (event.previousHash !== (previous?.hash ?? CHAIN_START)) {
    throw broken(
      event,
      'it does not continue the entry before it: an entry was changed, removed or added outside the learner',
    );
  }
  if (event.hash !== hashEvent(event, event.previousHash)) {
    throw broken(event, 'its content does not match its hash: it was changed after it was written');
  }
}

function broken(event: ChainedEvent, problem: string): LearnerError {
  return new LearnerError(
    'knowledge_log_broken',
    `knowledge log of project "${event.project}", entry ${event.sequence} (${event.id}): ${problem}.`,
  );
}
