import { createHash } from 'node:crypto';

/** Characters of a pseudonym: enough to tell apart the users of a project. */
const PSEUDONYM_CHARACTERS = 16;

/**
 * Whom a run was for, as rules and their support name them: a pseudonym per project, so that the knowledge says "the same
 * user" without saying who. '' for a run that names no user: all of those count as one principal, the application.
 */
export function principalOf(project: string, userId: string): string {
  if (userId === '') return '';
  return createHash('sha256').update(`${project}\n${userId}`).digest('hex').slice(0, PSEUDONYM_CHARACTERS);
}
