import { Refusal } from '../errors.ts';
import { DEFAULT_PROJECT, isProject, PROJECT_HEADER, type ProjectClaim } from '../project.ts';
import type { KeyRing } from '../tenancy/key-ring.ts';
import { ALL_PROJECTS, allows } from '../tenancy/scope.ts';

/** Headers of a request, or metadata of a call; names in lower case. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Decides from the headers alone, before a byte of the body is read, whose data a request brings. */
export class ApiKeys {
  readonly #ring: KeyRing;
  readonly #defaultProject: string;

  /** `defaultProject`: of what names none and comes without a key of one project. */
  constructor(ring: KeyRing, defaultProject: string = DEFAULT_PROJECT) {
    this.#ring = ring;
    this.#defaultProject = defaultProject;
  }

  /** Throws a {@link Refusal} (`unauthenticated`, `forbidden`). Without any keys every request is accepted. */
  claim(headers: Headers): ProjectClaim {
    const named = namedProject(headers);
    const free = named ?? this.#defaultProject;
    if (!this.#ring.isRequired) return { project: free, keyed: false, sender: '' };
    const key = presentedKey(headers);
    if (key === undefined)
      throw new Refusal(
        'unauthenticated',
        'no API key: send authorization: Bearer <key> or x-api-key: <key>',
      );
    const principal = this.#ring.identify(key);
    if (principal === undefined)
      throw new Refusal('unauthenticated', 'the API key is not known, or has ended');
    const { keyId: sender, project, scopes } = principal;
    if (!allows(scopes, 'ingest'))
      throw new Refusal(
        'forbidden',
        `API key ${sender} may not send: it has ${scopes.join(', ')}, not ingest`,
      );
    // A gateway's key: what is sent says which project it belongs to.
    if (project === ALL_PROJECTS) return { project: free, keyed: false, sender };
    if (named !== undefined && named !== project)
      throw new Refusal(
        'forbidden',
        `${PROJECT_HEADER} names ${named}, the API key belongs to another project`,
      );
    return { project, keyed: true, sender };
  }
}

function namedProject(headers: Headers): string | undefined {
  const named = headers[PROJECT_HEADER];
  if (named === undefined || named === '') return undefined;
  if (typeof named === 'string' && isProject(named)) return named;
  throw new Refusal('undecodable', `expected 1 to 64 of letters, digits, '.', '_' and '-'`, PROJECT_HEADER);
}

/** Bearer and `x-api-key`; of Basic credentials the password is the key, which is what Langfuse's SDK sends. */
function presentedKey(headers: Headers): string | undefined {
  const direct = headers['x-api-key'];
  if (typeof direct === 'string' && direct !== '') return direct;
  const { authorization } = headers;
  if (typeof authorization !== 'string') return undefined;
  const [scheme, credential] = authorization.split(' ', 2);
  if (credential === undefined || credential === '') return undefined;
  if (scheme?.toLowerCase() === 'bearer') return credential;
  if (scheme?.toLowerCase() !== 'basic') return undefined;
  const pair = Buffer.from(credential, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}
