import { createHash } from 'node:crypto';
import { Refusal } from '../errors.ts';
import { isProject, PROJECT_HEADER, type ProjectClaim } from '../project.ts';

/** A key that may send data, and the one project its data belongs to. */
export interface ApiKey {
  readonly key: string;
  readonly project: string;
}

/** Headers of a request, or metadata of a call; names in lower case. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Decides from the headers alone, before a byte of the body is read, whose data a request brings. */
export class ApiKeys {
  /** By digest, so that finding a key takes the same time however much of it is right. */
  readonly #projects = new Map<string, string>();

  constructor(keys: readonly ApiKey[]) {
    for (const { key, project } of keys) this.#projects.set(digest(key), project);
  }

  /** Throws a {@link Refusal} (`unauthenticated`, `forbidden`). Without any keys every request is accepted. */
  claim(headers: Headers): ProjectClaim {
    const named = namedProject(headers);
    if (this.#projects.size === 0) return { project: named, keyed: false, sender: '' };
    const key = presentedKey(headers);
    if (key === undefined)
      throw new Refusal(
        'unauthenticated',
        'no API key: send authorization: Bearer <key> or x-api-key: <key>',
      );
    const sender = digest(key);
    const project = this.#projects.get(sender);
    if (project === undefined) throw new Refusal('unauthenticated', 'the API key is not known');
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

function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
