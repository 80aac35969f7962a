import { createHash, randomBytes } from 'node:crypto';
import type { Scope } from './scope.ts';

/** Every key begins so: people, secret scanners and our own redaction know one when they see it. */
export const KEY_PREFIX = 'tl_';
/** Random bytes of a key. 256 bits cannot be tried out, so that one SHA-256 without salt or stretching is enough at rest. */
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;

/** A key from the configuration, with the project it stands for (`*` = all). It may do everything there. */
export interface ApiKey {
  readonly key: string;
  readonly project: string;
}

/** A key as it is stored. */
export interface StoredKey {
  /** `*` = all projects. */
  readonly project: string;
  /** Eight hex digits, which stand in the key too: a key that turns up somewhere can be looked up by its beginning. */
  readonly keyId: string;
  /** SHA-256 of the key, hex. */
  readonly digest: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  readonly createdBy: string;
  /** When it ends, by its term, rotation or revocation, whichever comes first; `undefined` = never. */
  readonly endsAt: Date | undefined;
  /** What ends it. */
  readonly endCause: 'term' | 'rotated' | 'revoked' | undefined;
  /** To the minute; `undefined` = never. */
  readonly usedAt: Date | undefined;
}

export interface NewKey {
  readonly key: string;
  readonly keyId: string;
  readonly digest: string;
}

/** A new key, `tl_<id>_<secret>`. It is shown once and kept nowhere. */
export function makeKey(): NewKey {
  const keyId = randomBytes(KEY_ID_BYTES).toString('hex');
  const key = `${KEY_PREFIX}${keyId}_${randomBytes(KEY_BYTES).toString('base64url')}`;
  return { key, keyId, digest: digestOf(key) };
}

/** SHA-256, hex. */
export function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
