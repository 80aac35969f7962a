import {
  ALL_PROJECTS,
  AUDIT_PAGE_MAX,
  isScope,
  OVERLAP_HOURS,
  SCOPES,
  type IssuedKey,
  type Scope,
  type StoredKey,
  type Tenancy,
} from '@tracelore/collector/store';
import { z } from 'zod';
import type { Caller } from './access.ts';
import { endpoint, NO_BODY, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json } from './problem.ts';

/** Longest term of a key, and longest overlap of a rotation, days. */
const TERM_DAYS_MAX = 3_650;
const OVERLAP_HOURS_MAX = 720;
const MS_PER_HOUR = 3_600_000;

interface NewKeyRequest {
  readonly actor: string;
  readonly project?: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresInDays?: number;
  readonly allProjects: boolean;
}

const actor = z.string().trim().min(1).max(100).default('api');
const scope = z.custom<Scope>((given) => typeof given === 'string' && isScope(given), {
  error: `expected one of ${Object.keys(SCOPES).join(', ')}`,
});
const project = z.string().exactOptional();
/** What a new key is asked for by. */
export const newKeyRequest: z.ZodType<NewKeyRequest> = z.strictObject({
  actor,
  project,
  name: z.string().trim().min(1).max(100),
  scopes: z
    .array(scope)
    .min(1)
    .transform((scopes) => [...new Set(scopes)]),
  expiresInDays: z.number().gt(0).max(TERM_DAYS_MAX).exactOptional(),
  allProjects: z.boolean().default(false),
});
const rotation = z.strictObject({
  actor,
  project,
  overlapHours: z.number().min(0).max(OVERLAP_HOURS_MAX).default(OVERLAP_HOURS),
  allProjects: z.boolean().default(false),
});
const revocation = z.strictObject({ actor, project, allProjects: z.boolean().default(false) });
const reach = z.strictObject({ allProjects: z.stringbool().default(false) });
const auditQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(AUDIT_PAGE_MAX).default(100),
  /** `next` of the page before. */
  before: z.string().max(100).optional(),
});

/** Keys of a project, and who did what to it. Keys for all projects are reached with `allProjects` by who has one. */
export function keyEndpoints({ keys, audit }: Pick<Tenancy, 'keys' | 'audit'>, now: () => Date): Endpoint[] {
  const issued = ({ key, record }: IssuedKey): object => ({ key, ...keyShown(record, now()) });
  return [
    endpoint({
      method: 'POST',
      path: '/v1/keys',
      summary: 'Makes an API key. The answer has the key: it is shown this once and stored nowhere.',
      status: 201,
      body: newKeyRequest,
      query: NO_QUERY,
      answer: async ({ project: owner, body, caller, about }) => {
        const { name, scopes } = body;
        const target = targetOf(body, owner);
        about({ project: target, detail: `${name}: ${scopes.join(', ')} for ${target}` });
        const made = await keys.create(
          { project: target, name, scopes, ...termOf(body, now()) },
          authority(caller, body.actor),
        );
        about({ object: made.record.keyId });
        return json(issued(made), 201);
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/keys',
      summary: 'API keys of the project, with what they may do and when they were last used.',
      body: NO_BODY,
      query: reach,
      answer: ({ project: owner, query, caller }) => {
        const found = keys.list(targetOf(query, owner), authority(caller, ''));
        return json({ keys: found.map((key) => keyShown(key, now())) });
      },
    }),
    endpoint({
      method: 'POST',
      path: '/v1/keys/{id}/rotate',
      summary: 'A new key in the place of another, which ends after an overlap.',
      status: 201,
      body: rotation,
      query: NO_QUERY,
      answer: async ({ project: owner, parameter, body, caller, about }) => {
        const target = targetOf(body, owner);
        about({ project: target });
        const made = await keys.rotate(
          target,
          parameter('id'),
          authority(caller, body.actor),
          body.overlapHours * MS_PER_HOUR,
        );
        about({ detail: `now ${made.record.keyId}, both for ${body.overlapHours} h` });
        return json(issued(made), 201);
      },
    }),
    endpoint({
      method: 'POST',
      path: '/v1/keys/{id}/revoke',
      summary: 'Ends a key at once.',
      body: revocation,
      query: NO_QUERY,
      answer: async ({ project: owner, parameter, body, caller, about }) => {
        const target = targetOf(body, owner);
        about({ project: target });
        await keys.revoke(target, parameter('id'), authority(caller, body.actor));
        return json({ revoked: parameter('id') });
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/projects',
      summary: 'Projects that have keys; with a key of one project, that project alone.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ caller }) => {
        const all = await keys.projects();
        const seen = all.filter(({ project: name }) => isReached(caller, name) && name !== ALL_PROJECTS);
        return json({ projects: seen });
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/audit',
      summary:
        'Who did what to the project, newest first; with a key for all projects, to the service as well.',
      body: NO_BODY,
      query: auditQuery,
      answer: async ({ project: owner, query: { limit, before }, caller }) => {
        const projects = isReached(caller, ALL_PROJECTS) ? [owner, ALL_PROJECTS] : [owner];
        const entries = await audit.list(projects, { limit, ...(before === undefined ? {} : { before }) });
        const last = entries.at(-1);
        return json({ entries, ...(last !== undefined && entries.length === limit && { next: last.id }) });
      },
    }),
  ];
}

/** When a key that is made now ends by itself. */
export function termOf(
  { expiresInDays }: Pick<NewKeyRequest, 'expiresInDays'>,
  now: Date,
): { readonly expiresAt?: Date } {
  if (expiresInDays === undefined) return {};
  return { expiresAt: new Date(now.getTime() + expiresInDays * 24 * MS_PER_HOUR) };
}

function targetOf({ allProjects }: { readonly allProjects: boolean }, owner: string): string {
  return allProjects ? ALL_PROJECTS : owner;
}

function authority({ principal }: Caller, actorName: string): Parameters<Tenancy['keys']['list']>[1] {
  return { principal, actor: actorName };
}

function isReached({ principal }: Caller, name: string): boolean {
  return principal === undefined || principal.project === ALL_PROJECTS || principal.project === name;
}

/** A key for people: nothing in it tells the key. */
export function keyShown({ digest: _digest, ...key }: StoredKey, now: Date): object {
  const hasEnded = key.endsAt !== undefined && key.endsAt <= now;
  return {
    ...key,
    createdAt: key.createdAt.toISOString(),
    endsAt: key.endsAt?.toISOString() ?? null,
    endCause: key.endCause ?? null,
    usedAt: key.usedAt?.toISOString() ?? null,
    state: hasEnded ? 'ended' : 'live',
  };
}
