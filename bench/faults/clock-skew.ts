import { existsSync } from 'node:fs';
import type { Fault } from './fault.ts';
import { conclude } from './fault.ts';
import { Ledger, type SentRequest } from './ledger.ts';
import { sendFor } from './senders.ts';
import { startService, type ServiceOptions } from './service.ts';
import { transportsTo } from './transports.ts';

const HOUR_MS = 3_600_000;
/** Of senders, against the service's own clock. */
const SKEWS_MS = [-400 * 24 * HOUR_MS, -HOUR_MS, HOUR_MS, 30 * 24 * HOUR_MS] as const;
const REQUESTS_PER_SKEW = 20;
const FAKETIME = ['/usr/bin/faketime', '/usr/local/bin/faketime'].find((file) => existsSync(file));

function skewFault(name: string, what: string, options: () => ServiceOptions, skip: Fault['skip']): Fault {
  return {
    name,
    what,
    ...(skip === undefined ? {} : { skip }),
    run: async (directory) => {
      const ledger = new Ledger();
      const service = await startService(directory, options());
      await sendFor(2_000, service, ledger);
      for (const skewMs of SKEWS_MS) {
        // A trace of its own for each clock.
        const skewed = new Ledger();
        const transports = transportsTo(service);
        const requests = Array.from({ length: REQUESTS_PER_SKEW }, () =>
          skewed.newRequest(Date.now() + skewMs),
        );
        const sendOne = async (request: SentRequest, index: number): Promise<void> => {
          const transport = transports[index % transports.length];
          if (transport !== undefined) ledger.note(request, await transport.send(request), 0);
        };
        // Twice: its place in the tables must be the same again.
        for (let times = 0; times < 2; times += 1) await Promise.all(requests.map(sendOne));
        for (const transport of transports) transport.close();
      }
      const concluded = await conclude(service, ledger, directory);
      return {
        ...concluded,
        note: `senders ${SKEWS_MS.map((ms) => `${ms / HOUR_MS} h`).join(', ')} apart`,
      };
    },
  };
}

export const clockFaults: readonly Fault[] = [
  skewFault('clock-senders', 'senders whose clocks are wrong by hours to a year', () => ({}), undefined),
  skewFault(
    'clock-service',
    "the service's clock is wrong and runs ten times too fast",
    () => ({ wrapper: [FAKETIME ?? '', '-f', '-3d x10'] }),
    () => (FAKETIME === undefined ? 'faketime is not installed' : undefined),
  ),
];
