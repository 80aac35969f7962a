import type { Fault } from './fault.ts';
import { readAll, spread } from './fault.ts';
import { Ledger } from './ledger.ts';
import { recovers, sendLoad } from './senders.ts';
import { startService, type Ended } from './service.ts';

/** The kill comes with an answer between the first and this one. */
const ANSWERS_BEFORE_KILL_MAX = 40;

export const kill: Fault = {
  name: 'kill',
  what: 'kill -9 during ingest, again and again on one directory',
  run: async (directory, { rounds }) => {
    const ledger = new Ledger();
    let peakRss = 0;
    for (let round = 0; round < rounds; round += 1) {
      const service = await startService(directory);
      const killAt = spread(round, ANSWERS_BEFORE_KILL_MAX);
      let answers = 0;
      let ended: Promise<Ended> | undefined;
      await sendLoad(service, ledger, {
        isOver: () => ended !== undefined,
        leaveWhenGone: true,
        onAnswer: (status) => {
          if (status !== 200 || ++answers !== killAt) return;
          peakRss = Math.max(peakRss, service.peakRss());
          ended = service.end('SIGKILL');
        },
      });
      await (ended ?? service.end('SIGKILL'));
    }
    const service = await startService(directory);
    const isBack = await recovers(service, ledger);
    const { violations, ...read } = await readAll(service, ledger, directory);
    return {
      ledger,
      ...read,
      peakRss,
      violations: [...violations, ...(isBack ? [] : ['did not recover'])],
      note: `${rounds} kills`,
    };
  },
};
