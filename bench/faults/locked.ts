import type { Fault } from './fault.ts';
import { conclude } from './fault.ts';
import { Ledger } from './ledger.ts';
import { sendFor } from './senders.ts';
import { startService } from './service.ts';

const TRIES = 3;

export const locked: Fault = {
  name: 'locked',
  what: 'other processes that want the same directory, under load',
  run: async (directory) => {
    const ledger = new Ledger();
    const service = await startService(directory);
    const load = sendFor(8_000, service, ledger);
    const violations: string[] = [];
    for (let count = 0; count < TRIES; count += 1) {
      const refusal = await startService(directory).then(
        () => 'it was let in',
        (error: unknown) => String(error),
      );
      if (!refusal.includes(`in use by process ${service.pid}`))
        violations.push(`a second service: ${refusal}`);
    }
    await load;
    const concluded = await conclude(service, ledger, directory);
    return {
      ...concluded,
      violations: [...violations, ...concluded.violations],
      note: `${TRIES} refused by name`,
    };
  },
};
