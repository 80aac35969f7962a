import type { ByteBudget } from '../commit/byte-budget.ts';
import type { StoreHealth } from '../commit/store-health.ts';
import type { Spool } from '../spool/spool.ts';
import type { DiskGuard } from './disk-guard.ts';
import type { Obstacle } from './readiness.ts';

/** When senders should try again, ms: memory is free again soon, the other things take their time. */
const MEMORY_RETRY_MS = 1_000;
const STORE_RETRY_MS = 2_000;
const DISK_RETRY_MS = 10_000;

export interface ObstacleParts {
  readonly isStopping: () => boolean;
  readonly disk: DiskGuard | undefined;
  readonly spool: Spool | undefined;
  readonly health: StoreHealth;
  readonly budget: ByteBudget;
}

/** What can keep a collector from taking data, the most telling first. */
export function obstaclesOf(parts: ObstacleParts): (() => Obstacle)[] {
  const { isStopping, disk, spool, health, budget } = parts;
  return [
    () => ({
      name: 'receiving',
      state: isStopping() ? 'failing' : 'ok',
      refuses: isStopping(),
      detail: isStopping() ? 'the collector is shutting down: send again' : '',
      code: 'shutting_down',
      retryAfterMs: MEMORY_RETRY_MS,
    }),
    ...(disk === undefined ? [] : [() => diskObstacle(disk)]),
    () => storeObstacle(health, spool),
    ...(spool === undefined ? [] : [() => spoolObstacle(spool, health)]),
    () => ({
      name: 'memory',
      state: budget.left === 0 ? 'failing' : 'ok',
      refuses: budget.left === 0,
      detail: budget.left === 0 ? `${budget.bytes} bytes are waiting to be stored: send again later` : '',
      code: 'overloaded',
      retryAfterMs: MEMORY_RETRY_MS,
    }),
  ];
}

function diskObstacle({ problem: detail }: DiskGuard): Obstacle {
  return {
    name: 'disk',
    state: detail === '' ? 'ok' : 'failing',
    refuses: detail !== '',
    detail,
    code: 'disk_full',
    retryAfterMs: DISK_RETRY_MS,
  };
}

/** With a spool the store may be away. Without one, a request is let in now and then to find out whether it is back. */
function storeObstacle(health: StoreHealth, spool: Spool | undefined): Obstacle {
  const { problem: detail } = health;
  return {
    name: 'store',
    state: detail === '' ? 'ok' : spool === undefined && health.isFailing ? 'failing' : 'degraded',
    refuses: spool === undefined && health.refuses,
    detail,
    code: 'store_unavailable',
    retryAfterMs: STORE_RETRY_MS,
  };
}

/** A full spool is in the way only while the store does not take data itself. */
function spoolObstacle(spool: Spool, health: StoreHealth): Obstacle {
  const { records, rows, bytes, rowsRefused } = spool.stats;
  const isFailing = spool.problem !== '' && health.problem !== '';
  const waits = records === 0 ? '' : `${rows} rows wait in ${bytes} bytes`;
  const refused = rowsRefused === 0 ? '' : `${rowsRefused} rows were refused by the store and are kept`;
  return {
    name: 'spool',
    refuses: isFailing,
    state: isFailing ? 'failing' : records === 0 && rowsRefused === 0 ? 'ok' : 'degraded',
    detail: isFailing ? spool.problem : [waits, refused].filter((text) => text !== '').join('; '),
    code: 'spool_full',
    retryAfterMs: DISK_RETRY_MS,
  };
}
