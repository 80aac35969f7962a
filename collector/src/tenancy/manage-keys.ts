import { makeKey, type StoredKey } from './api-key.ts';
import type { KeyRing, Principal } from './key-ring.ts';
import { KEYS_MAX, type KeyStore, type Project } from './key-store.ts';
import { ALL_PROJECTS, type Scope } from './scope.ts';

/** How long the old key stays valid when a key is rotated and nothing is said, hours. */
export const OVERLAP_HOURS = 24;
const MS_PER_HOUR = 3_600_000;

/** What a change of keys is asked for by: the principal, or the owner of a service without keys. */
export interface KeyAuthority {
  /** `undefined` = the owner: no keys yet, or the command works on the database itself. */
  readonly principal: Principal | undefined;
  /** For `createdBy`. */
  readonly actor: string;
}

export interface KeyRequest {
  /** `*` = all projects. */
  readonly project: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt?: Date;
}

export interface IssuedKey {
  /** The key itself: now, and never again. */
  readonly key: string;
  readonly record: StoredKey;
}

/** Why a change of keys is not made. */
export class KeyRefusal extends Error {
  override readonly name = 'KeyRefusal';
  readonly code: 'not_found' | 'conflict' | 'forbidden' | 'invalid';

  constructor(code: KeyRefusal['code'], message: string) {
    super(message);
    this.code = code;
  }

  static isInstance(error: unknown): error is KeyRefusal {
    return error instanceof Error && error.name === 'KeyRefusal';
  }
}

export interface KeyManagerParts {
  readonly store: KeyStore;
  readonly ring: KeyRing;
  readonly now: () => Date;
}

/** Makes, lists, rotates and revokes the keys of projects. Changes hold in this process when they resolve. */
export class KeyManager {
  readonly #parts: KeyManagerParts;
  #keys: readonly StoredKey[] = [];

  constructor(parts: KeyManagerParts) {
    this.#parts = parts;
  }

  /** Reads what other processes changed. */
  async refresh(): Promise<void> {
    this.#keys = await this.#parts.store.load();
    this.#parts.ring.hold(this.#keys);
  }

  /** Keys of one project; those for all projects with `*`. Throws {@link KeyRefusal}. */
  list(project: string, by: KeyAuthority): readonly StoredKey[] {
    this.#requireReach(project, by);
    return this.#keys.filter((key) => key.project === project);
  }

  projects(): Promise<Project[]> {
    return this.#parts.store.projects();
  }

  /** Throws {@link KeyRefusal}. */
  async create(request: KeyRequest, by: KeyAuthority): Promise<IssuedKey> {
    const { ring } = this.#parts;
    this.#requireReach(request.project, by);
    if (!ring.isRequired && (request.project !== ALL_PROJECTS || !request.scopes.includes('admin')))
      throw new KeyRefusal(
        'conflict',
        'with the first key every request needs one, and then you would be locked out: make a key of your own first, with the scope admin for all projects',
      );
    return await this.#issue(request, by);
  }

  /** A new key with the same name, scopes and term; the old one ends after `overlapMs`. Throws {@link KeyRefusal}. */
  async rotate(
    project: string,
    keyId: string,
    by: KeyAuthority,
    overlapMs: number = OVERLAP_HOURS * MS_PER_HOUR,
  ): Promise<IssuedKey> {
    this.#requireReach(project, by);
    const old = this.#liveKey(project, keyId);
    const { name, scopes, endsAt, endCause } = old;
    const term = endCause === 'term' && endsAt !== undefined ? { expiresAt: endsAt } : {};
    const issued = await this.#issue({ project: old.project, name, scopes, ...term }, by);
    await this.#end(old, 'rotated', overlapMs, by);
    return issued;
  }

  /** The key is of no use from now on. Throws {@link KeyRefusal}, also when nobody could manage keys afterwards. */
  async revoke(project: string, keyId: string, by: KeyAuthority): Promise<void> {
    this.#requireReach(project, by);
    const key = this.#liveKey(project, keyId);
    const { ring } = this.#parts;
    const remaining = ring
      .live()
      .filter(
        (other) =>
          other.keyId !== key.keyId &&
          other.scopes.includes('admin') &&
          (other.project === key.project || other.project === ALL_PROJECTS),
      );
    if (key.scopes.includes('admin') && remaining.length === 0)
      throw new KeyRefusal(
        'conflict',
        `key ${keyId} is the last one that may manage keys of ${named(key.project)}: make another one first, or put one into TRACELORE_API_KEYS`,
      );
    await this.#end(key, 'revoked', 0, by);
  }

  async #issue({ project, name, scopes, expiresAt }: KeyRequest, by: KeyAuthority): Promise<IssuedKey> {
    const { store, now } = this.#parts;
    if (expiresAt !== undefined && expiresAt <= now())
      throw new KeyRefusal('invalid', `${expiresAt.toISOString()} is over: expected a later end`);
    if (this.#keys.length >= KEYS_MAX)
      throw new KeyRefusal('conflict', `there are ${KEYS_MAX} keys, ended ones included: no more are kept`);
    const { key, keyId, digest } = makeKey();
    const createdAt = now();
    await store.addKey({ project, keyId, digest, name, scopes, createdAt, createdBy: by.actor, expiresAt });
    await this.refresh();
    const record = this.#keys.find((stored) => stored.digest === digest);
    if (record === undefined) throw new Error(`key ${keyId} was stored and is not there`);
    return { key, record };
  }

  async #end(key: StoredKey, cause: 'rotated' | 'revoked', afterMs: number, by: KeyAuthority): Promise<void> {
    const at = this.#parts.now();
    const endsAt = new Date(at.getTime() + afterMs);
    const { project, keyId } = key;
    await this.#parts.store.endKey({ project, keyId, endsAt, cause, by: by.actor, at });
    await this.refresh();
  }

  #liveKey(project: string, keyId: string): StoredKey {
    const found = this.#keys.find((key) => key.project === project && key.keyId === keyId);
    if (found === undefined)
      throw new KeyRefusal('not_found', `${named(project)} has no key ${JSON.stringify(keyId)}`);
    if (found.endsAt !== undefined && found.endsAt <= this.#parts.now())
      throw new KeyRefusal('conflict', `key ${keyId} has ended at ${found.endsAt.toISOString()}`);
    return found;
  }

  /** A key of one project must not make or end keys of others. */
  #requireReach(project: string, { principal }: KeyAuthority): void {
    if (principal === undefined || principal.project === ALL_PROJECTS || principal.project === project)
      return;
    throw new KeyRefusal('forbidden', `this key has no say about keys of ${named(project)}`);
  }
}

function named(project: string): string {
  return project === ALL_PROJECTS ? 'all projects' : `project ${project}`;
}
