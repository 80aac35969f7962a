import type { Fault } from './fault.ts';
import { readAll } from './fault.ts';
import { Ledger, type SentRequest } from './ledger.ts';
import { startService } from './service.ts';
import { transportsTo, type Addresses } from './transports.ts';

const REQUESTS = 60;
/** Of one transport. */
const AT_A_TIME = 15;

/** Every request over every transport, in another order each time. */
async function sendAll(
  addresses: Addresses,
  ledger: Ledger,
  requests: readonly SentRequest[],
): Promise<void> {
  const transports = transportsTo(addresses);
  await Promise.all(
    transports.map(async (transport, index) => {
      const order = [...requests.slice(index * 7), ...requests.slice(0, index * 7)];
      for (let from = 0; from < order.length; from += AT_A_TIME)
        await Promise.all(
          order
            .slice(from, from + AT_A_TIME)
            .map(async (request) => ledger.note(request, await transport.send(request), 0)),
        );
    }),
  );
  for (const transport of transports) transport.close();
}

export const replayed: Fault = {
  name: 'replayed',
  what: 'the same requests by four transports at once, again, after SIGTERM, and after kill -9',
  run: async (directory) => {
    const ledger = new Ledger();
    const requests = Array.from({ length: REQUESTS }, () => ledger.newRequest());
    const violations: string[] = [];
    let peakRss = 0;
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const service = await startService(directory);
      await sendAll(service, ledger, requests);
      await sendAll(service, ledger, requests);
      peakRss = Math.max(peakRss, service.peakRss());
      await service.end(signal);
    }
    const service = await startService(directory);
    await sendAll(service, ledger, requests);
    const read = await readAll(service, ledger, directory);
    if (ledger.others !== '') violations.push(`answers ${ledger.others}`);
    const sent = REQUESTS * 5 * 20;
    return {
      ledger,
      ...read,
      peakRss,
      violations: [...violations, ...read.violations],
      note: `${sent} spans sent, ${read.stored} stored`,
    };
  },
};
