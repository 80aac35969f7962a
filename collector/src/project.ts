import { Refusal } from './errors.ts';
import type { Resource } from './records.ts';

/** Project of data that names none. */
export const DEFAULT_PROJECT = 'default';
/** Resource attribute by which a sender without a key names its project. */
export const PROJECT_ATTRIBUTE = 'tracelore.project';
/** Request header that does the same for a whole request. */
export const PROJECT_HEADER = 'x-tracelore-project';

const PROJECT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** What a request says about its project before its body is read. */
export interface ProjectClaim {
  /** From the API key, else from the header, else the one for what names none. */
  readonly project: string;
  /** The project comes from a key: the body cannot choose another one. */
  readonly keyed: boolean;
  /** Who sends: the same for the same API key, `''` without keys. Tells nothing about the key. */
  readonly sender: string;
}

export function isProject(name: string): boolean {
  return PROJECT.test(name);
}

/**
 * Project of everything from one resource. With a key it is the key's project, and a resource that names another one is
 * refused (`forbidden`): data never crosses projects. Without keys the resource decides, then the header.
 */
export function projectOf(claim: ProjectClaim, resource: Resource): string {
  const named = resource.attributes.get(PROJECT_ATTRIBUTE);
  if (named === undefined || named === '') return claim.project;
  if (typeof named !== 'string' || !isProject(named))
    throw new Refusal(
      'undecodable',
      `expected 1 to 64 of letters, digits, '.', '_' and '-'`,
      PROJECT_ATTRIBUTE,
    );
  if (claim.keyed && named !== claim.project)
    throw new Refusal('forbidden', `the resource names project ${named}, the API key belongs to another one`);
  return named;
}
