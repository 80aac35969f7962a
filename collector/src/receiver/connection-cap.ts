import type { Server, Socket } from 'node:net';

export interface ConnectionLimits {
  /** Open at a time. */
  readonly connectionsMax: number;
  /** Of one address. */
  readonly connectionsPerAddressMax: number;
}

/** Closes connections above the limits at once, before anything is read. Counts by address: one sender cannot have them all. */
export function capConnections(
  server: Server,
  { connectionsMax, connectionsPerAddressMax }: ConnectionLimits,
): void {
  const open = new Map<string, number>();
  server.maxConnections = connectionsMax;
  server.prependListener('connection', (socket: Socket) => {
    const { remoteAddress: address = '' } = socket;
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
    if (count > connectionsPerAddressMax) socket.destroy();
  });
}
