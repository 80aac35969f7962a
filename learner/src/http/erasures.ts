import { createHash } from 'node:crypto';
import type { ErasureSubject } from '@tracelore/collector/store';
import { z } from 'zod';
import type { SubjectErased } from '../store/erase-subject.ts';
import { endpoint, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json } from './problem.ts';

export interface ErasureServices {
  /** Resolves when nothing about the subject is stored any more. */
  readonly erase: (project: string, subject: ErasureSubject) => Promise<SubjectErased>;
}

const id = z.string().min(1).max(1_024);
const project = z.string().exactOptional();
const body = z.union(
  [
    z.strictObject({ project, user: id }),
    z.strictObject({ project, session: id }),
    z.strictObject({ project, trace: z.string().regex(/^[0-9a-f]{32}$/i, 'expected 32 hex characters') }),
  ],
  { error: 'expected one of user, session and trace (32 hex characters)' },
);

/** Erasure of what is stored about a person. */
export function erasureEndpoints({ erase }: ErasureServices): Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/v1/erasures',
      summary: 'Erases all runs of a user, of a session, or one trace, for good. Answers when it is done.',
      body,
      query: NO_QUERY,
      answer: async ({ project: owner, body: given, about }) => {
        const subject = subjectOf(given);
        about({ object: `${subject.kind} ${subjectDigest(owner, subject)}` });
        const done = await erase(owner, subject);
        about({
          detail: `${done.runs} runs, ${done.spans} spans, ${done.logs} logs, ${done.outcomes} outcomes, ${done.cases} cases`,
        });
        return json(done);
      },
    }),
  ];
}

/** Names the subject in the audit log to those who know its id, and to nobody else at a glance. */
function subjectDigest(owner: string, { kind, id: name }: ErasureSubject): string {
  const digest = createHash('sha256').update(`${owner}\n${kind}\n${name}`).digest('hex');
  return `sha256:${digest.slice(0, 16)}`;
}

function subjectOf(given: z.infer<typeof body>): ErasureSubject {
  if ('user' in given) return { kind: 'user', id: given.user };
  if ('session' in given) return { kind: 'session', id: given.session };
  return { kind: 'trace', id: given.trace.toLowerCase() };
}
