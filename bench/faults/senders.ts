import { setTimeout as pause } from 'node:timers/promises';
import type { Ledger } from './ledger.ts';
import { transportsTo, type Addresses } from './transports.ts';

/** Senders at a time, over all transports. */
const SENDERS = 8;
/** A sender that was told to come again waits this long, ms: exporters wait longer. */
const RETRY_PAUSE_MS = 200;

export interface SendingOptions {
  /** Asked before every request. */
  readonly isOver: () => boolean;
  /** Told of every answer. */
  readonly onAnswer?: (status: number) => void;
  /** A sender leaves when nobody answers it, instead of trying again. */
  readonly leaveWhenGone?: boolean;
}

/** Sends from several senders at once, over every transport, until it is over; what was not taken is sent again. */
export async function sendLoad(addresses: Addresses, ledger: Ledger, options: SendingOptions): Promise<void> {
  const transports = transportsTo(addresses);
  const sender = async (index: number): Promise<void> => {
    const transport = transports[index % transports.length];
    if (transport === undefined) return;
    while (!options.isOver()) {
      const request = ledger.next();
      const begunAt = performance.now();
      const status = await transport.send(request);
      ledger.note(request, status, performance.now() - begunAt);
      options.onAnswer?.(status);
      if (status === 0 && options.leaveWhenGone === true) return;
      if (status !== 200) await pause(RETRY_PAUSE_MS);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, (_, index) => sender(index)));
  for (const transport of transports) transport.close();
}

/** The same for a time, ms. */
export async function sendFor(ms: number, addresses: Addresses, ledger: Ledger): Promise<void> {
  const endAt = performance.now() + ms;
  await sendLoad(addresses, ledger, { isOver: () => performance.now() >= endAt });
}

/** Sends until everything that was ever refused is stored; false when that does not come to pass within `ms`. */
export async function recovers(addresses: Addresses, ledger: Ledger, ms: number = 60_000): Promise<boolean> {
  const endAt = performance.now() + ms;
  let stored = 0;
  await sendLoad(addresses, ledger, {
    isOver: () => (stored > 0 && ledger.unanswered.length === 0) || performance.now() >= endAt,
    onAnswer: (status) => {
      if (status === 200) stored += 1;
    },
  });
  return stored > 0 && ledger.unanswered.length === 0;
}
