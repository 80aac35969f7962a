import { describe, expect, it } from 'vitest';

import { resolveConfig } from './config.ts';

function resolved(options: Parameters<typeof resolveConfig>[0], env: Record<string, string> = {}) {
  const config = resolveConfig(options, env);
  if (!config.ok) throw new Error(config.problems.join('\n'));
  return config.value;
}

function problems(options: object, env: Record<string, string> = {}): readonly string[] {
  const config = resolveConfig(options, env);
  return config.ok ? [] : config.problems;
}

describe('resolveConfig', () => {
  it('has defaults that fit the all-in-one service', () => {
    expect(resolved({})).toMatchObject({
      apiUrl: 'http://127.0.0.1:4319',
      tracesUrl: 'http://127.0.0.1:4318/v1/traces',
      captureContent: true,
      knowledgeDeadlineMs: 300,
      spoolDirectory: '.tracelore/spool',
      disabled: false,
    });
  });

  it('lets the argument win over the environment', () => {
    const env = {
      TRACELORE_API_URL: 'http://env:1',
      TRACELORE_PROJECT: 'env',
      TRACELORE_CAPTURE_CONTENT: 'false',
    };
    expect(resolved({ project: 'argument' }, env)).toMatchObject({
      apiUrl: 'http://env:1',
      project: 'argument',
      captureContent: false,
    });
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/' }, 'http://c:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/base' }, 'http://c:4318/base/v1/traces'],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t/exact' },
      'http://t/exact',
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '  ' }, 'http://127.0.0.1:4318/v1/traces'],
  ])('builds the traces URL from %o', (env, url) => {
    expect(resolved({}, env).tracesUrl).toBe(url);
  });

  it('takes the setting for traces before the one for all signals', () => {
    const env = {
      OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
      OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/ca.pem',
      OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: '/key.pem',
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '77',
    };
    expect(resolved({}, env)).toMatchObject({
      otlpCompression: 'gzip',
      otlpCertificates: { ca: '/ca.pem', cert: '', key: '/key.pem' },
      otlpTimeoutMs: 77,
    });
    expect(problems({}, { OTEL_EXPORTER_OTLP_COMPRESSION: 'brotli' })).toEqual([
      'OTEL_EXPORTER_OTLP_COMPRESSION: expected none or gzip, got "brotli"',
    ]);
  });

  it('reads headers and resource attributes in their percent-encoded form', () => {
    const env = {
      OTEL_EXPORTER_OTLP_HEADERS: 'a=1, b=x%20y',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=z',
      OTEL_RESOURCE_ATTRIBUTES: 'k8s.pod=p%2C1',
      OTEL_SERVICE_NAME: 'svc',
    };
    expect(resolved({}, env)).toMatchObject({
      otlpHeaders: { a: '1', b: 'z' },
      resourceAttributes: { 'k8s.pod': 'p,1' },
      serviceName: 'svc',
    });
  });

  it('refuses whole and names every problem with key, expectation and value', () => {
    const found = problems(
      { apiUrl: 'ftp://x', knowledgeDeadlineMs: 0 },
      {
        TRACELORE_DISABLED: 'maybe',
        OTEL_EXPORTER_OTLP_TIMEOUT: 'soon',
        OTEL_EXPORTER_OTLP_HEADERS: 'nonsense',
      },
    );
    expect(found).toHaveLength(5);
    expect(found.join('\n')).toContain('apiUrl: expected an http(s) URL, got "ftp://x"');
    expect(found.join('\n')).toContain('TRACELORE_DISABLED: expected true or false, got "maybe"');
  });

  it.each(['a b', '-x', 'x'.repeat(65), 'ü'])('refuses a project named %s', (project) => {
    expect(problems({ project })).toHaveLength(1);
    expect(problems({}, { TRACELORE_PROJECT: project })[0]).toContain('TRACELORE_PROJECT');
  });

  it('never shows a secret', () => {
    const found = problems({ apiKey: 'secret\nvalue' }, { OTEL_EXPORTER_OTLP_HEADERS: 'authorization' });
    expect(found).toHaveLength(2);
    expect(found.join('\n')).not.toContain('secret');
  });
});
