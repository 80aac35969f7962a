import { statSync } from 'node:fs';
import type { SecureContextOptions, Server } from 'node:tls';
import { loadTls, type TlsMaterial, type TlsOptions } from './tls.ts';

/** How often the files are looked at, ms: certificates are renewed days before they end. */
const CHECK_MS = 10_000;

export interface TlsFilesOptions {
  /** Told when new files cannot be used; the ones before stay in force. */
  readonly onProblem: (error: unknown) => void;
  readonly checkMs?: number;
}

/**
 * Key and certificate of listeners, kept up with their files: connections made after a change get the new ones, those
 * that are open go on. Files are compared by look rather than watched, since mounted secrets are replaced by links.
 */
export class TlsFiles {
  readonly #files: TlsOptions;
  readonly #onProblem: (error: unknown) => void;
  readonly #servers = new Set<Server>();
  readonly #timer: NodeJS.Timeout;
  #material: TlsMaterial;
  /** Look of the files that were read last, usable or not: each problem is told once. */
  #seen: string;

  /** Throws a `CollectorError` that names the file at fault. */
  constructor(files: TlsOptions, { onProblem, checkMs = CHECK_MS }: TlsFilesOptions) {
    this.#files = files;
    this.#onProblem = onProblem;
    this.#seen = lookOf(files);
    this.#material = loadTls(files);
    this.#timer = setInterval(() => {
      if (lookOf(this.#files) !== this.#seen) this.reload();
    }, checkMs).unref();
  }

  /** Whether senders must present a certificate. */
  get isMutual(): boolean {
    return this.#material.ca !== undefined;
  }

  /** For a new server. */
  get context(): SecureContextOptions {
    const { key, cert, ca } = this.#material;
    return { key, cert, minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) };
  }

  /** Keeps a server up with the files until it closes. */
  serve(server: Server): void {
    this.#servers.add(server);
    server.once('close', () => this.#servers.delete(server));
  }

  /** Reads the files now. */
  reload(): void {
    this.#seen = lookOf(this.#files);
    try {
      this.#material = loadTls(this.#files);
      for (const server of this.#servers) server.setSecureContext(this.context);
    } catch (error) {
      this.#onProblem(error);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Changes when one of the files does. */
function lookOf({ keyFile, certFile, caFile }: TlsOptions): string {
  return [keyFile, certFile, ...(caFile === undefined ? [] : [caFile])].map(fileLook).join();
}

function fileLook(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? 'none' : `${found.ino}:${found.mtimeMs}:${found.size}`;
}
