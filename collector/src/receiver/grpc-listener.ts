import type { ConnectionInjector } from '@grpc/grpc-js';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, Server as TlsServer } from 'node:tls';
import { bindError } from './bind-error.ts';
import { capConnections, type ConnectionLimits } from './connection-cap.ts';
import type { TlsFiles } from './tls-files.ts';

/** Time for a TLS handshake, ms. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

export interface GrpcListenerOptions extends ConnectionLimits {
  readonly host: string;
  readonly port: number;
}

/** The socket of the gRPC receiver. Ours, not the library's: its connections are limited and its certificate is renewed. */
export class GrpcListener {
  readonly #server: Server;
  readonly #options: GrpcListenerOptions;
  readonly #open = new Set<Socket>();

  /** @param injector takes each connection, after its handshake */
  constructor(options: GrpcListenerOptions, tls: TlsFiles | undefined, injector: ConnectionInjector) {
    this.#options = options;
    this.#server =
      tls === undefined
        ? createServer((socket) => injector.injectConnection(socket))
        : createTlsServer(
            {
              ...tls.context,
              ALPNProtocols: ['h2'],
              handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
              ...(tls.isMutual && { requestCert: true, rejectUnauthorized: true }),
            },
            (socket) => {
              // A sender that cuts the connection is no failure of ours.
              socket.on('error', () => undefined);
              injector.injectConnection(socket);
            },
          );
    this.#server.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    });
    capConnections(this.#server, options);
    if (this.#server instanceof TlsServer) tls?.serve(this.#server);
  }

  /** Resolves with the port. Rejects with a `CollectorError` when the address cannot be used. */
  async listen(): Promise<Pick<AddressInfo, 'address' | 'port'>> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(bindError(error, host, port)));
      this.#server.listen({ host, port }, () => resolve());
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no TCP address');
    return { address: host, port: address.port };
  }

  /** Takes no more connections. Resolves when those that are open have ended. */
  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  /** Ends the connections that are open, whatever they do. */
  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
