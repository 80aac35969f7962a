import { TlsFiles, type Collector } from '@tracelore/collector';
import type { Config } from '../config.ts';

/**
 * Certificate of the API, from the files that the OTLP ports use; `undefined` = plain HTTP. Clients of the API show keys
 * and need no certificate of their own.
 */
export function apiCertificate(
  { tlsKey, tlsCert }: Config,
  report: (text: string) => void,
): TlsFiles | undefined {
  if (tlsKey === '') return undefined;
  const onProblem = (error: unknown): void =>
    report(`the certificate in use stays: ${error instanceof Error ? error.message : String(error)}`);
  return new TlsFiles({ keyFile: tlsKey, certFile: tlsCert }, { onProblem });
}

/** SIGHUP reads the files of certificates again, on every port. Without TLS it ends the process, as usual. */
export function reloadOnHangup(certificate: TlsFiles | undefined, collector: Collector): void {
  if (certificate === undefined) return;
  process.on('SIGHUP', () => {
    certificate.reload();
    collector.reloadCertificates();
  });
}
