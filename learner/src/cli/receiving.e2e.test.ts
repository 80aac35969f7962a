import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startService, tracelore, traceloreUntil, type Ended } from './child.testing.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'receiving-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Certificates of a made-up authority. */
function certificate(name: string): string {
  return fileURLToPath(new URL(`../../../collector/src/testing/fixtures/tls/${name}`, import.meta.url));
}

const PORTS = ['--port', '0', '--otlp-port', '0', '--grpc-port', '0'];

test('a gRPC port and TLS are there when asked for', async () => {
  const tls = ['--tls-key', certificate('server.key'), '--tls-cert', certificate('server.pem')];
  const ended = await traceloreUntil('Ctrl-C', ['up', ...PORTS, ...tls], directory);
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.stdout).toMatch(/https:\/\/127\.0\.0\.1:\d+ {3}OTLP over HTTP/);
  expect(ended.stdout).toMatch(/https:\/\/127\.0\.0\.1:\d+ {3}OTLP over gRPC/);
});

test('with TLS the API speaks it too, and SIGHUP takes renewed certificates on every port', async () => {
  const [key, cert] = [path.join(directory, 'tls.key'), path.join(directory, 'tls.crt')];
  await copyFile(certificate('server.key'), key);
  await copyFile(certificate('server.pem'), cert);
  const service = await startService(directory, ['--tls-key', key, '--tls-cert', cert]);
  expect([service.api, service.otlp].map((url) => new URL(url).protocol)).toEqual(['https:', 'https:']);
  const status = (trusted: string): Promise<Ended> =>
    tracelore(['status', '--url', service.api], directory, { NODE_EXTRA_CA_CERTS: certificate(trusted) });
  expect(await status('ca.pem')).toMatchObject({ code: 0 });
  expect((await tracelore(['status', '--url', service.api], directory)).stderr).toContain(
    'NODE_EXTRA_CA_CERTS',
  );
  const before = [await fingerprintAt(service.api), await fingerprintAt(service.otlp)];
  await copyFile(certificate('client.key'), key);
  await copyFile(certificate('client.pem'), cert);
  process.kill(service.pid, 'SIGHUP');
  const both = async (): Promise<boolean> =>
    (await fingerprintAt(service.api)) !== before[0] && (await fingerprintAt(service.otlp)) !== before[1];
  let renewed = await both();
  for (let look = 0; look < 20_000 && !renewed; look += 1) renewed = await both();
  expect(renewed).toBe(true);
  expect(await service.end('SIGTERM')).toMatchObject({ code: 0 });
});

/** Of the certificate that an address shows to a new connection. */
function fingerprintAt(url: string): Promise<string> {
  const { hostname: host, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false });
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

test('a key that does not belong to its certificate is named', async () => {
  const tls = ['--tls-key', certificate('client.key'), '--tls-cert', certificate('server.pem')];
  const ended = await tracelore(['up', ...PORTS, ...tls], directory);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('client.key: is not the key of the certificate in');
  expect(ended.stderr).not.toMatch(/^\s+at /m);
});

test('secrets, and what the configuration names, are never shown again', async () => {
  const service = await startService(directory, [], {
    TRACELORE_REDACTION: '{"emails":true,"rules":[{"name":"employee","pattern":"EMP-[0-9]{4}"}]}',
  });
  const now = String(BigInt(Date.now()) * 1_000_000n);
  const input = 'password=hunter22 of ann@example.org, EMP-1234';
  const span = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    name: 'answer',
    startTimeUnixNano: now,
    endTimeUnixNano: now,
    attributes: [{ key: 'input.value', value: { stringValue: input } }],
  };
  await fetch(`${service.otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  });
  const shown = await tracelore(['traces', 'show', '0af765', '--url', service.api], directory);
  const metrics = await (await fetch(`${service.api}/metrics`)).text();
  await service.end('SIGTERM');
  expect(shown.stdout).toContain(
    'in  password=[redacted:sensitive_name] of [redacted:email], [redacted:employee]',
  );
  expect(metrics).toContain('tracelore_collector_redacted_total{rule="email"}');
});
