import { ALL_PROJECTS, allows, type KeyRing, type Principal, type Scope } from '@tracelore/collector/store';
import { problem } from './problem.ts';

/** What a project may be called: 1 to 64 letters, digits, dots, dashes and underscores. */
export const PROJECT_NAME: RegExp = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Header in which a client names its project, where its key does not decide. */
export const PROJECT_HEADER = 'x-tracelore-project';

export interface AccessOptions {
  /** Without any key everybody on the loopback interface is one trusted owner. */
  readonly ring: KeyRing;
  /** Project of requests that name none. */
  readonly defaultProject: string;
}

/** Who asks. */
export interface Caller {
  /** `undefined` = the owner of a service without keys. */
  readonly principal: Principal | undefined;
  /** Address of the connection, `''` = none. */
  readonly address: string;
}

/** Decides whose request it is and what it may do. With keys the project comes from the key alone; without, or with a key for all projects, the request may name it. */
export interface Access {
  /** A 401 when a key is needed and none or an unknown one came; a 403 for a foreign host name. */
  admit(headers: Headers, address: string): Caller | Response;
  /** A 403 when the key has not the scope. */
  refuse(caller: Caller, scope: Scope): Response | undefined;
  /** A 403 unless the whole service is the caller's: what is told there is about all projects. */
  refuseService(caller: Caller): Response | undefined;
  /** The project, or a 403 when the request names another than its key's. `named` = what body, query and header say. */
  project(caller: Caller, headers: Headers, named: readonly (string | undefined)[]): string | Response;
}

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

export function createAccess({ ring, defaultProject }: AccessOptions): Access {
  return {
    admit(headers, address) {
      if (ring.isRequired) {
        const key = presentedKey(headers);
        const principal = key === undefined ? undefined : ring.identify(key);
        return principal === undefined ? unauthenticated() : { principal, address };
      }
      // A page in the owner's browser may reach the loopback interface under a name of its own (DNS rebinding).
      const host = (headers.get('host') ?? 'localhost').replace(/:\d+$/, '');
      if (LOOPBACK_NAMES.has(host.toLowerCase())) return { principal: undefined, address };
      return problem({
        status: 403,
        code: 'foreign_host',
        detail: `This service has no API keys and answers only to localhost, not to "${host}".`,
      });
    },
    refuse({ principal }, scope) {
      if (principal === undefined || allows(principal.scopes, scope)) return undefined;
      return problem({
        status: 403,
        code: 'missing_scope',
        detail: `This needs the scope "${scope}"; the API key ${principal.keyId} has ${principal.scopes.join(', ')}.`,
      });
    },
    refuseService({ principal }) {
      if (principal === undefined || principal.project === ALL_PROJECTS) return undefined;
      // The operator of a service for one project has one key for everything.
      const isAlone = ring
        .live()
        .every(({ project }) => project === principal.project || project === ALL_PROJECTS);
      if (principal.isConfigured && isAlone) return undefined;
      return problem({
        status: 403,
        code: 'missing_scope',
        detail: `This is about all projects; the API key ${principal.keyId} is for "${principal.project}".`,
      });
    },
    project({ principal }, headers, named) {
      const keyed =
        principal === undefined || principal.project === ALL_PROJECTS ? undefined : principal.project;
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
      return chosen ?? defaultProject;
    },
  };
}

function presentedKey(headers: Headers): string | undefined {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  return bearer ?? headers.get('x-api-key') ?? undefined;
}

function unauthenticated(): Response {
  return problem({
    status: 401,
    code: 'unauthenticated',
    detail:
      'This service needs an API key that it knows and that has not ended: send "authorization: Bearer <key>" (TRACELORE_API_KEY for the SDK and the command line).',
    headers: { 'www-authenticate': 'Bearer' },
  });
}

function mismatch(named: string, chosen: string, keyed: boolean): Response {
  const detail = keyed
    ? `The API key does not belong to project "${named}".`
    : `The request names two projects, "${chosen}" and "${named}".`;
  return problem({ status: keyed ? 403 : 400, code: 'project_mismatch', detail });
}
