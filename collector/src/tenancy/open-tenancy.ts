import type { Store } from '../store/store.ts';
import type { ApiKey } from './api-key.ts';
import { AuditLog } from './audit-log.ts';
import { KeyRing } from './key-ring.ts';
import { KeyStore } from './key-store.ts';
import { KeyManager } from './manage-keys.ts';

/** Where several processes share a database, changes of keys by others are seen after this, ms. */
const REFRESH_MS = 5_000;
/** Uses of keys are written down this often, ms: at most one small insert, however many requests there were. */
const USES_MS = 60_000;

export interface TenancyOptions {
  readonly store: Pick<Store, 'driver' | 'database' | 'location'>;
  /** Keys of the configuration. */
  readonly apiKeys: readonly ApiKey[];
  readonly now?: () => Date;
  /** Takes what the operator should read. */
  readonly report: (text: string) => void;
  readonly refreshMs?: number;
}

/** Who may do what, and who did. */
export interface Tenancy {
  readonly ring: KeyRing;
  readonly keys: KeyManager;
  readonly audit: AuditLog;
  /** Writes down what waits. The store stays open. Safe to call twice. */
  close(): Promise<void>;
}

/** Loads the keys and keeps them fresh until it is closed. Rejects when they cannot be read: nobody gets in unchecked. */
export async function openTenancy(options: TenancyOptions): Promise<Tenancy> {
  const { store, apiKeys, report, now = () => new Date(), refreshMs = REFRESH_MS } = options;
  const ring = new KeyRing(apiKeys, () => now().getTime());
  const keyStore = new KeyStore(store);
  const keys = new KeyManager({ store: keyStore, ring, now });
  await keys.refresh();
  if (ring.isRequired && !ring.live().some(({ scopes }) => scopes.includes('admin')))
    report('no API key is left that may manage others: set TRACELORE_API_KEYS=<key>=* to get in');
  const noteUses = async (): Promise<void> => await keyStore.noteUses(ring.takeUses());
  const every = (ms: number, what: string, work: () => Promise<void>): NodeJS.Timeout => {
    let running = false;
    return setInterval(() => {
      if (running) return;
      running = true;
      work()
        .catch((error: unknown) =>
          report(`${what}: ${error instanceof Error ? error.message : String(error)}`),
        )
        .finally(() => {
          running = false;
        });
    }, ms).unref();
  };
  const timers = [every(USES_MS, 'last use of API keys was not stored', noteUses)];
  // The embedded database has no other writer.
  if (store.location.kind === 'server')
    timers.push(
      every(refreshMs, 'API keys were not read again, the ones known stay in force', () => keys.refresh()),
    );
  return {
    ring,
    keys,
    audit: new AuditLog({ store, now, report }),
    close: async () => {
      for (const timer of timers.splice(0)) clearInterval(timer);
      await noteUses().catch((error: unknown) =>
        report(`last use of API keys was not stored: ${String(error)}`),
      );
    },
  };
}
