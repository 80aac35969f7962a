import {
  expire,
  SERVICE_SUBJECT,
  type AuditLog,
  type Retention,
  type Store,
} from '@tracelore/collector/store';
import { repeat, type Repeated } from '../repeat.ts';

/** How often it is looked for what is too old, ms. Without any it costs a few small queries. */
const PAUSE_MS = 600_000;

export interface RetentionJob {
  readonly store: Pick<Store, 'driver' | 'database'>;
  readonly config: {
    readonly retentionDays: Retention;
    /** Of the audit log; 0 = for ever. */
    readonly auditDays: number;
  };
  readonly audit: AuditLog;
  /** Takes what the operator should read. */
  readonly report: (text: string) => void;
  readonly pauseMs?: number;
}

/** Removes traces, and entries of the audit log, when they are older than they are kept, until it is stopped. */
export function startRetention({ store, config, audit, report, pauseMs = PAUSE_MS }: RetentionJob): Repeated {
  const { retentionDays, auditDays } = config;
  const work = async (): Promise<void> => {
    const { days, rows } = await expire(store.driver, store.database, retentionDays, Date.now());
    if (days + rows > 0)
      await audit.record({
        ...SERVICE_SUBJECT,
        project: '*',
        action: 'retention.run',
        object: 'traces',
        result: 'done',
        detail: `${days} days and ${rows} rows`,
      });
    if (auditDays > 0) await audit.expire(auditDays);
  };
  return repeat(work, pauseMs, (text) => report(`retention: ${text}`));
}
