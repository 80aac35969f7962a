import { createHash } from 'node:crypto';
import { problem } from './problem.ts';

/** What a project may be called: 1 to 64 letters, digits, dots, dashes and underscores. */
export const PROJECT_NAME: RegExp = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Header in which a client of a keyless service names its project. */
export const PROJECT_HEADER = 'x-tracelore-project';

export interface AccessOptions {
  /** API key → project. Empty = one trusted owner on the loopback interface. */
  readonly keys: ReadonlyMap<string, string>;
  /** Project of requests that name none. */
  readonly defaultProject: string;
}

/** Decides whose request it is. With keys the project comes from the key alone; without, the request may name it. */
export interface Access {
  /** A 401 when a key is needed and none or an unknown one came; a 403 for a foreign host name. */
  refuse(headers: Headers): Response | undefined;
  /** The project, or a 403 when the request names another than its key's. `named` = what body, query and header say. */
  project(headers: Headers, named: readonly (string | undefined)[]): string | Response;
}

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

export function createAccess(options: AccessOptions): Access {
  // Looked up by hash: comparing hashes takes no time that depends on how much of a key was guessed.
  const projects = new Map([...options.keys].map(([key, project]) => [sha256(key), project]));

  function ofKey(headers: Headers): string | undefined {
    const bearer = /^Bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
    const key = bearer ?? headers.get('x-api-key') ?? undefined;
    return key === undefined ? undefined : projects.get(sha256(key));
  }

  return {
    refuse(headers) {
      if (projects.size > 0) {
        if (ofKey(headers) !== undefined) return undefined;
        return problem({
          status: 401,
          code: 'unauthenticated',
          detail:
            'This service needs an API key that it knows: send "authorization: Bearer <key>" (TRACELORE_API_KEY for the SDK and the command line).',
          headers: { 'www-authenticate': 'Bearer' },
        });
      }
      // A page in the owner's browser may reach the loopback interface under a name of its own (DNS rebinding).
      const host = (headers.get('host') ?? 'localhost').replace(/:\d+$/, '');
      if (LOOPBACK_NAMES.has(host.toLowerCase())) return undefined;
      return problem({
        status: 403,
        code: 'foreign_host',
        detail: `This service has no API keys and answers only to localhost, not to "${host}".`,
      });
    },
    project(headers, named) {
      const keyed = projects.size > 0 ? ofKey(headers) : undefined;
      let chosen = keyed;
      for (const name of [headers.get(PROJECT_HEADER) ?? undefined, ...named]) {
        if (name === undefined || name === '') continue;
        if (!PROJECT_NAME.test(name)) {
          const detail = `project: expected 1 to 64 letters, digits, ".", "-" or "_", got ${JSON.stringify(name.slice(0, 80))}.`;
          return problem({ status: 400, code: 'invalid_request', detail, errors: [detail] });
        }
        if (chosen !== undefined && chosen !== name) return mismatch(name, chosen, keyed !== undefined);
        chosen = name;
      }
      return chosen ?? options.defaultProject;
    },
  };
}

function mismatch(named: string, chosen: string, keyed: boolean): Response {
  const detail = keyed
    ? `The API key does not belong to project "${named}".`
    : `The request names two projects, "${chosen}" and "${named}".`;
  return problem({ status: keyed ? 403 : 400, code: 'project_mismatch', detail });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
