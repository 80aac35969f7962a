import { digestOf, type ApiKey, type StoredKey } from './api-key.ts';
import type { Scope } from './scope.ts';

/** Whose request it is, as its key says. */
export interface Principal {
  /** Tells nothing about the key. */
  readonly keyId: string;
  /** `*` = all projects: then the request names one. */
  readonly project: string;
  readonly scopes: readonly Scope[];
  /** A key of the configuration: the operator's own. */
  readonly isConfigured: boolean;
}

interface Held {
  readonly principal: Principal;
  /** Epoch ms. */
  readonly endsAtMs: number;
}

/** To how much a use is kept, ms: a busy key would else be written down all the time. */
const USE_PRECISION_MS = 60_000;

/**
 * All keys of a service, in memory. A key is found by its digest, in a map: how long that takes tells nothing about the
 * key, since nobody can choose a digest.
 */
export class KeyRing {
  readonly #configured: ReadonlyMap<string, Held>;
  readonly #now: () => number;
  #stored: ReadonlyMap<string, Held> = new Map();
  /** Digest → minute of the last use, of stored keys used since the uses were taken. */
  readonly #uses = new Map<string, number>();

  /** @param now epoch ms */
  constructor(configured: readonly ApiKey[], now: () => number = Date.now) {
    this.#configured = new Map(configured.map(({ key, project }) => configuredKey(digestOf(key), project)));
    this.#now = now;
  }

  /** Whether requests need a key: once there ever was one, for good. Keys that end must not open the service. */
  get isRequired(): boolean {
    return this.#configured.size + this.#stored.size > 0;
  }

  /** Replaces what is known of stored keys. */
  hold(keys: readonly StoredKey[]): void {
    this.#stored = new Map(
      keys.map(({ digest, keyId, project, scopes, endsAt }) => [
        digest,
        {
          principal: { keyId, project, scopes, isConfigured: false },
          endsAtMs: endsAt?.getTime() ?? Number.POSITIVE_INFINITY,
        },
      ]),
    );
  }

  /** `undefined` = not known, or it has ended. */
  identify(key: string): Principal | undefined {
    const digest = digestOf(key);
    const configured = this.#configured.get(digest);
    if (configured !== undefined) return configured.principal;
    const stored = this.#stored.get(digest);
    const now = this.#now();
    if (stored === undefined || stored.endsAtMs <= now) return undefined;
    this.#uses.set(digest, now - (now % USE_PRECISION_MS));
    return stored.principal;
  }

  /** Principals of all keys that may be used now. */
  live(): Principal[] {
    const now = this.#now();
    return [...this.#configured.values(), ...this.#stored.values()]
      .filter(({ endsAtMs }) => endsAtMs > now)
      .map(({ principal }) => principal);
  }

  /** Uses since the last call. */
  takeUses(): { readonly project: string; readonly keyId: string; readonly usedAt: Date }[] {
    const uses = [...this.#uses].flatMap(([digest, minute]) => {
      const held = this.#stored.get(digest);
      return held === undefined ? [] : [{ ...held.principal, usedAt: new Date(minute) }];
    });
    this.#uses.clear();
    return uses.map(({ project, keyId, usedAt }) => ({ project, keyId, usedAt }));
  }
}

/** Eight digits of the digest name it: enough to tell keys apart, far too few to check guesses of a weak one against. */
function configuredKey(digest: string, project: string): [string, Held] {
  const principal: Principal = {
    keyId: `config:${digest.slice(0, 8)}`,
    project,
    scopes: ['admin'],
    isConfigured: true,
  };
  return [digest, { principal, endsAtMs: Number.POSITIVE_INFINITY }];
}
