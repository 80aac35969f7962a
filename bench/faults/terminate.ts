import type { Fault } from './fault.ts';
import { readAll, spread } from './fault.ts';
import { Ledger } from './ledger.ts';
import { sendLoad } from './senders.ts';
import { startService, type Ended } from './service.ts';

const ROUNDS_MAX = 5;

export const terminate: Fault = {
  name: 'terminate',
  what: 'SIGTERM under load: answered = stored, exactly',
  run: async (directory, { rounds }) => {
    const ledger = new Ledger();
    const violations: string[] = [];
    let peakRss = 0;
    const roundsDone = Math.min(rounds, ROUNDS_MAX);
    for (let round = 0; round < roundsDone; round += 1) {
      const service = await startService(directory);
      let answers = 0;
      let ended: Promise<Ended> | undefined;
      await sendLoad(service, ledger, {
        isOver: () => ended !== undefined,
        onAnswer: () => {
          if (++answers === 20 + spread(round, 100)) ended = service.end('SIGTERM');
        },
      });
      const { code, stderr } = (await ended) ?? { code: null, stderr: 'nobody answered' };
      peakRss = Math.max(peakRss, service.peakRss());
      if (code !== 0)
        violations.push(`round ${round + 1} ended with ${String(code)}: ${stderr.trim().slice(-300)}`);
      // Nothing of these was stored, or their senders would have been told.
      ledger.unanswered.length = 0;
    }
    const service = await startService(directory);
    const read = await readAll(service, ledger, directory);
    if (read.stored !== ledger.spans)
      violations.push(`${read.stored} spans are stored, ${ledger.spans} were answered`);
    return {
      ledger,
      ...read,
      peakRss,
      violations: [...violations, ...read.violations],
      note: `${roundsDone} ends, ${read.stored} stored = ${ledger.spans} answered`,
    };
  },
};
