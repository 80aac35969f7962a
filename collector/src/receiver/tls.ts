import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CollectorError } from '../errors.ts';

/** PEM files. */
export interface TlsOptions {
  readonly keyFile: string;
  /** The certificate, followed by those between it and the root. */
  readonly certFile: string;
  /** Authorities whose certificates senders must present (mutual TLS). Default: none, senders need no certificate. */
  readonly caFile?: string;
}

/** What the listeners need. */
export interface TlsMaterial {
  readonly key: Buffer;
  readonly cert: Buffer;
  readonly ca: Buffer | undefined;
}

/** Reads the files and checks that they belong together. Throws a {@link CollectorError} that names the file at fault. */
export function loadTls({ keyFile, certFile, caFile }: TlsOptions): TlsMaterial {
  const key = read('keyFile', keyFile);
  const cert = read('certFile', certFile);
  const ca = caFile === undefined ? undefined : read('caFile', caFile);
  const privateKey = parsed('keyFile', keyFile, 'a private key in PEM without a passphrase', () =>
    createPrivateKey(key),
  );
  const certificate = parsed('certFile', certFile, 'a certificate in PEM', () => new X509Certificate(cert));
  if (ca !== undefined) parsed('caFile', caFile ?? '', 'certificates in PEM', () => new X509Certificate(ca));
  if (!certificate.checkPrivateKey(privateKey))
    throw invalid('keyFile', keyFile, `is not the key of the certificate in ${certFile}`);
  return { key, cert, ca };
}

function read(name: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw invalid(name, path, `cannot be read (${reasonOf(error)})`, error);
  }
}

function parsed<T>(name: string, path: string, expected: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw invalid(name, path, `expected ${expected} (${reasonOf(error)})`, error);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return error instanceof Error ? error.message : String(error);
}

function invalid(name: string, path: string, problem: string, cause?: unknown): CollectorError {
  return new CollectorError('invalid_config', `tls.${name} ${path}: ${problem}`, { cause });
}
