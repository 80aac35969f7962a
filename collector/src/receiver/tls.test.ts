import { X509Certificate } from 'node:crypto';
import * as grpc from '@grpc/grpc-js';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { traceExport } from '../testing/protobuf-export.ts';
import { RunningCollectors } from '../testing/running-collectors.ts';
import { TlsFiles } from './tls-files.ts';
import { loadTls } from './tls.ts';

const collectors = new RunningCollectors();
afterEach(() => collectors.stop());

/** Certificates of a made-up authority, valid until 2120. */
function file(name: string): string {
  return fileURLToPath(new URL(`../testing/fixtures/tls/${name}`, import.meta.url));
}

const SERVER = { keyFile: file('server.key'), certFile: file('server.pem') };
const MUTUAL = { ...SERVER, caFile: file('ca.pem') };
const AUTHORITY = readFileSync(file('ca.pem'));
const CLIENT_KEY = readFileSync(file('client.key'));
const CLIENT_CERT = readFileSync(file('client.pem'));

/** Status of one export over HTTPS; rejects when there is no connection. */
function send(url: string, options: RequestOptions = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}/v1/traces`,
      {
        method: 'POST',
        ca: AUTHORITY,
        agent: false,
        headers: { 'content-type': 'application/x-protobuf' },
        ...options,
      },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(traceExport());
  });
}

test('HTTPS', async () => {
  const { url, store } = await collectors.start({ tls: SERVER });
  expect(url).toMatch(/^https:/);
  expect(await send(url)).toBe(200);
  await expect(fetch(url.replace('https', 'http'))).rejects.toThrow('fetch failed');
  expect(store.batches).toHaveLength(1);
});

test('mutual TLS takes senders with a certificate of the authority only', async () => {
  const { url } = await collectors.start({ tls: MUTUAL });
  await expect(send(url)).rejects.toThrow(/certificate required|ECONNRESET|socket hang up/);
  expect(await send(url, { key: CLIENT_KEY, cert: CLIENT_CERT })).toBe(200);
});

/** Status code of one export over gRPC. */
function call(target: string, credentials: grpc.ChannelCredentials): Promise<number> {
  const client = new grpc.Client(target, credentials, { 'grpc.enable_retries': 0 });
  const same = (bytes: Buffer): Buffer => bytes;
  return new Promise<number>((resolve) => {
    client.makeUnaryRequest(
      '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      same,
      same,
      traceExport(),
      (error) => resolve(error?.code ?? 0),
    );
  }).finally(() => client.close());
}

test('gRPC with TLS and mutual TLS', async () => {
  const { collector } = await collectors.start({ tls: MUTUAL, grpcPort: 0 });
  const target = `localhost:${collector.address.grpc?.port}`;
  const without = grpc.credentials.createSsl(AUTHORITY);
  const withCertificate = grpc.credentials.createSsl(AUTHORITY, CLIENT_KEY, CLIENT_CERT);
  expect(await call(target, withCertificate)).toBe(0);
  expect(await call(target, without)).toBe(grpc.status.UNAVAILABLE);
  expect(await call(target, grpc.credentials.createInsecure())).toBe(grpc.status.UNAVAILABLE);
});

test.each([
  [{ ...SERVER, keyFile: '/nowhere.key' }, 'tls.keyFile /nowhere.key: cannot be read (ENOENT)'],
  [
    { ...SERVER, keyFile: file('client.key') },
    `tls.keyFile ${file('client.key')}: is not the key of the certificate in ${file('server.pem')}`,
  ],
  [
    { ...SERVER, keyFile: file('server.pem') },
    `tls.keyFile ${file('server.pem')}: expected a private key in PEM without a passphrase`,
  ],
  [
    { ...SERVER, certFile: file('server.key') },
    `tls.certFile ${file('server.key')}: expected a certificate in PEM`,
  ],
  [
    { ...MUTUAL, caFile: file('client.key') },
    `tls.caFile ${file('client.key')}: expected certificates in PEM`,
  ],
])('%o is refused with the file at fault', (options, problem) => {
  expect(() => loadTls(options)).toThrow(problem);
});

/** Common name of the certificate that a port shows. */
function shownBy(port: number | undefined): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      port: port ?? 0,
      host: '127.0.0.1',
      ca: AUTHORITY,
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    socket.once('secureConnect', () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

test('a renewed certificate is shown to new connections on both ports, and a broken one never', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'tls-'));
  const [keyFile, certFile] = [path.join(directory, 'tls.key'), path.join(directory, 'tls.crt')];
  copyFileSync(file('server.key'), keyFile);
  copyFileSync(file('server.pem'), certFile);
  const problems: unknown[] = [];
  const { collector } = await collectors.start({
    tls: { keyFile, certFile },
    grpcPort: 0,
    onError: (error) => problems.push(error),
  });
  const { port, grpc: bound } = collector.address;
  const shown = async (): Promise<(string | undefined)[]> => [
    await shownBy(port),
    await shownBy(bound?.port),
  ];
  const [first] = await shown();
  copyFileSync(file('client.key'), keyFile);
  collector.reloadCertificates();
  expect(problems.map(String).join()).toContain('is not the key of the certificate');
  expect(await shown()).toEqual([first, first]);
  copyFileSync(file('client.pem'), certFile);
  collector.reloadCertificates();
  const renewed = nameOf('client.pem');
  expect(await shown()).toEqual([renewed, renewed]);
  expect(renewed).not.toBe(first);
  rmSync(directory, { recursive: true });
});

test('files are looked at by themselves', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'tls-'));
  const certFile = path.join(directory, 'tls.crt');
  copyFileSync(file('server.pem'), certFile);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const files = new TlsFiles({ ...SERVER, certFile }, { onProblem: resolve, checkMs: 1 });
  rmSync(certFile);
  expect(String(await promise)).toContain('tls.crt: cannot be read (ENOENT)');
  files.stop();
  rmSync(directory, { recursive: true });
});

function nameOf(name: string): string | undefined {
  return /CN=(.+)/.exec(new X509Certificate(readFileSync(file(name))).subject)?.[1];
}
