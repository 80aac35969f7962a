import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfigFile } from './config-file.ts';
import { modelConfigured, resolveConfig } from './config.ts';

describe('resolveConfig', () => {
  test('defaults stand alone', () => {
    expect(resolveConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 4319,
      otlpPort: 4318,
      project: 'default',
      data: './.tracelore/data',
      holdoutGlobal: 0.01,
      holdoutRule: 0.1,
      stages: true,
      outcomeWindowHours: 24,
    });
  });

  test('argument wins over environment, environment over file; empty variables are not given', () => {
    const file = { port: 1, otlpPort: 1000, project: 'file', database: 'file' };
    const environment = { TRACELORE_PORT: '2', TRACELORE_PROJECT: 'environment', TRACELORE_DATABASE: '' };
    expect(resolveConfig({ file, environment, arguments: { port: '3' } })).toMatchObject({
      port: 3,
      otlpPort: 1000,
      project: 'environment',
      database: 'file',
    });
  });

  test('every problem is named with key, source, value and expectation', () => {
    const refused = (): unknown =>
      resolveConfig({
        arguments: { port: '70000' },
        environment: { TRACELORE_PROJECT: 'a b', TRACELORE_HOLDOUT_RULE: 'half' },
        file: { prot: 4319, requireApproval: 'yes' },
      });
    expect(refused).toThrow('5 problem(s)');
    expect(refused).toThrow('port (argument): expected a port from 0 to 65535, got "70000"');
    expect(refused).toThrow('project (TRACELORE_PROJECT): expected 1 to 64 letters');
    expect(refused).toThrow(
      'holdoutRule (TRACELORE_HOLDOUT_RULE): expected a share from 0 to 0.5, got "half"',
    );
    expect(refused).toThrow('prot (the configuration file): unknown; expected one of host, port');
    expect(refused).toThrow('requireApproval (configuration file): expected true or false');
  });

  test('keys have a project or all of them, and are never shown', () => {
    const environment = {
      TRACELORE_API_KEYS: 'c2VjcmV0LXNlY3JldA==-=shop,another-long-key-1=web,key-of-the-operator=*',
    };
    expect([...resolveConfig({ environment }).apiKeys]).toEqual([
      ['c2VjcmV0LXNlY3JldA==-', 'shop'],
      ['another-long-key-1', 'web'],
      ['key-of-the-operator', '*'],
    ]);
    const short = (): unknown => resolveConfig({ environment: { TRACELORE_API_KEYS: 'hunter2=shop' } });
    expect(short).toThrow('apiKeys (TRACELORE_API_KEYS): expected keys of at least 16');
    expect(short).not.toThrow('hunter2');
  });

  test('one port cannot serve both', () => {
    expect(() => resolveConfig({ arguments: { port: 5000, otlpPort: 5000 } })).toThrow('two different ports');
    expect(resolveConfig({ arguments: { port: 0, otlpPort: 0 } })).toMatchObject({ port: 0 });
  });

  test('what receivers may be told', () => {
    const environment = {
      TRACELORE_GRPC_PORT: '4317',
      TRACELORE_CORS_ORIGINS: 'https://a.example, https://b.example',
      TRACELORE_RATE_BYTES_PER_SECOND: '1000000',
      TRACELORE_REDACTION:
        '{"emails":true,"rules":[{"name":"employee","pattern":"EMP-[0-9]{4}","flags":"i"}]}',
    };
    expect(resolveConfig({ environment, file: { tlsKey: 'k.pem', tlsCert: 'c.pem' } })).toMatchObject({
      grpcPort: 4317,
      tlsKey: 'k.pem',
      corsOrigins: ['https://a.example', 'https://b.example'],
      rateBytesPerSecond: 1_000_000,
      redaction: { secrets: true, emails: true, rules: [{ name: 'employee', pattern: /EMP-[0-9]{4}/i }] },
    });
    expect(resolveConfig({})).toMatchObject({
      grpcPort: undefined,
      redaction: { secrets: true, cards: true, emails: false },
    });
    expect(resolveConfig({ file: { redaction: false } }).redaction).toBe(false);
    const wrong = (): unknown =>
      resolveConfig({ file: { tlsKey: 'k.pem', redaction: { rules: [{ name: 'x', pattern: '(' }] } } });
    expect(wrong).toThrow('expected tlsKey and tlsCert together');
    expect(wrong).toThrow('redaction (configuration file): expected true, false, or an object');
  });

  test('how long traces are kept', () => {
    const kept = (value: unknown): unknown => resolveConfig({ file: { retentionDays: value } }).retentionDays;
    expect(resolveConfig({}).retentionDays).toStrictEqual({});
    expect(kept(90)).toStrictEqual({ days: 90 });
    expect(kept('shop=30, *=90')).toStrictEqual({ days: 90, projects: { shop: 30 } });
    expect(kept({ shop: 30 })).toStrictEqual({ projects: { shop: 30 } });
    for (const wrong of ['0', 'shop', 'shop=x', {}, [30], 'shop=30,web=0'])
      expect(() => kept(wrong)).toThrow('retentionDays (configuration file): expected days');
  });

  test('webhooks are signed, and neither they nor their secret are ever shown', () => {
    const webhookSecret = 'a-secret-of-enough-length';
    const file = { webhooks: ['https://a.example/hook?token=hunter2'], webhookSecret };
    expect(resolveConfig({ file })).toMatchObject({ ...file, webhookPrivate: false });
    const refusals = [
      [{ webhooks: file.webhooks }, 'webhooks: expected webhookSecret with them'],
      [{ ...file, webhooks: 'http://a.example/hunter2' }, 'webhookPrivate allows http://'],
      [
        { ...file, webhooks: 'https://ann:hunter2@a.example/' },
        'webhooks (configuration file): expected URLs',
      ],
      [{ ...file, webhooks: 'ftp://a.example/hunter2' }, 'webhooks (configuration file): expected URLs'],
      [{ ...file, webhookSecret: 'hunter2' }, 'webhookSecret (configuration file): expected at least 16'],
    ] as const;
    for (const [given, wanted] of refusals) {
      const refused = (): unknown => resolveConfig({ file: given });
      expect(refused).toThrow(wanted);
      expect(refused).not.toThrow('hunter2');
    }
    const inside = { ...file, webhooks: 'http://10.0.0.1/a,http://localhost:1/b', webhookPrivate: true };
    expect(resolveConfig({ file: inside }).webhooks).toEqual(['http://10.0.0.1/a', 'http://localhost:1/b']);
  });

  test('it takes one or two people to pin', () => {
    expect(resolveConfig({ environment: { TRACELORE_PIN_PERSONS: '2' } }).pinPersons).toBe(2);
    expect(() => resolveConfig({ file: { pinPersons: 3 } })).toThrow('expected 1 or 2, got 3');
  });

  test('a model needs a key or a server', () => {
    expect(modelConfigured(resolveConfig({}))).toBe(false);
    expect(modelConfigured(resolveConfig({ environment: { OPENAI_API_KEY: 'sk-x' } }))).toBe(true);
    expect(modelConfigured(resolveConfig({ environment: { OPENAI_BASE_URL: 'http://x/v1' } }))).toBe(true);
  });
});

describe('readConfigFile', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'config-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('no file, JSON, and TypeScript', async () => {
    expect(await readConfigFile(directory)).toEqual({});
    await writeFile(path.join(directory, 'tracelore.config.json'), '{"port": 1}');
    expect(await readConfigFile(directory)).toEqual({ port: 1 });
    await writeFile(
      path.join(directory, 'tracelore.config.ts'),
      'const port: number = 2;\nexport default { port };',
    );
    expect(await readConfigFile(directory)).toEqual({ port: 2 });
  });

  test.each([
    ['{"port": 1', 'cannot be read'],
    ['[1]', 'expected a JSON object'],
  ])('%s is refused by name', async (content, wanted) => {
    const file = path.join(directory, 'tracelore.config.json');
    await writeFile(file, content);
    await expect(readConfigFile(directory)).rejects.toThrow(wanted);
    await expect(readConfigFile(directory)).rejects.toThrow(file);
  });
});
