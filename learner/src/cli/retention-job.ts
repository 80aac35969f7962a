import { expire, type Retention, type Store } from '@tracelore/collector/store';
import { repeat, type Repeated } from '../repeat.ts';

/** How often it is looked for traces that are too old, ms. Without any it costs a few small queries. */
const PAUSE_MS = 600_000;

/** Removes traces when they are older than their project keeps them, until it is stopped. */
export function startRetention(
  store: Pick<Store, 'driver' | 'database'>,
  retention: Retention,
  report: (text: string) => void,
  pauseMs: number = PAUSE_MS,
): Repeated {
  const work = async (): Promise<void> => {
    await expire(store.driver, store.database, retention, Date.now());
  };
  return repeat(work, pauseMs, (text) => report(`retention: ${text}`));
}
