import { expect, test } from 'vitest';
import { createCollector } from './collector.ts';
import { resolveConfig } from './config.ts';
import { CollectorError } from './errors.ts';
import { MemoryStore } from './testing/memory-store.ts';

const store = new MemoryStore();

test('every problem is named at once', () => {
  expect(() =>
    resolveConfig({
      store,
      host: '0.0.0.0',
      port: 70_000,
      commitIntervalMs: -1,
      bodyBytesMax: 2_048,
      bytesWaitingMax: 1_024,
      pathPrefixes: ['otel/'],
    }),
  ).toThrow(
    new CollectorError(
      'invalid_config',
      'collector configuration: port is 70000: expected an integer from 0 to 65535; ' +
        'commitIntervalMs is -1: expected an integer from 0 to 5000; ' +
        'bytesWaitingMax is 1024: expected at least bodyBytesMax (2048); ' +
        'host is 0.0.0.0 without apiKeys: bind to 127.0.0.1 or require a key; ' +
        'pathPrefixes: "otel/": expected \'\' or a path such as /otel',
    ),
  );
});

test('a key of another project, too short or twice is named without being shown', () => {
  const problem = (): unknown =>
    resolveConfig({
      store,
      apiKeys: [
        { key: 'secret', project: 'a b' },
        { key: 'secret', project: 'b' },
      ],
    });
  expect(problem).toThrow('apiKeys[0].key has 6 characters: expected at least 16');
  expect(problem).toThrow('apiKeys[0].project is "a b"');
  expect(problem).toThrow('apiKeys: the same key twice');
  expect(problem).not.toThrow('secret');
});

test('another address than loopback is accepted with a key', () => {
  const apiKeys = [{ key: 'a-key-of-16-characters', project: 'p' }];
  expect(resolveConfig({ store, host: '0.0.0.0', apiKeys })).toMatchObject({ host: '0.0.0.0', port: 4318 });
});

test('a port in use is refused with its number', async () => {
  const first = createCollector({ store, port: 0 });
  await first.start();
  const { port } = first.address;
  const second = createCollector({ store, port });
  await expect(second.start()).rejects.toMatchObject({
    code: 'address_in_use',
    message: expect.stringContaining(`127.0.0.1:${port} is in use`),
  });
  await second.shutdown();
  await first.shutdown();
});

test('rules of redaction that cost too much, or that are named badly, are refused with the reason', () => {
  expect(() =>
    resolveConfig({
      store,
      redaction: {
        names: [' '],
        rules: [
          { name: 'Employee', pattern: /EMP-\d{4,8}/ },
          { name: 'greedy', pattern: /(\w+)+x/ },
          { name: 'sticky', pattern: /abc/y },
        ],
      },
    }),
  ).toThrow(
    new CollectorError(
      'invalid_config',
      'collector configuration: redaction: names: one is empty; ' +
        'redaction: rules[0].name is "Employee": expected a word such as employee_number; ' +
        'redaction: rules[1].pattern (greedy) repeats without a bound (+): write {1,100}; ' +
        'redaction: rules[2].pattern (sticky) has the flags y: expected some of i, m, s and u',
    ),
  );
});

test('settings of the receivers are checked together', () => {
  expect(() =>
    resolveConfig({
      store,
      port: 4317,
      grpcPort: 4317,
      connectionsMax: 0,
      requestTimeoutMs: 1,
      rateLimit: { bytesPerSecond: 0 },
      corsOrigins: ['app.example.org'],
    }),
  ).toThrow(
    new CollectorError(
      'invalid_config',
      'collector configuration: connectionsMax is 0: expected an integer from 1 to 1000000; ' +
        'requestTimeoutMs is 1: expected an integer from 10 to 3600000; ' +
        'grpcPort is 4317, as port is: expected two different ones; ' +
        'rateLimit.bytesPerSecond is 0: expected a number above 0; ' +
        'corsOrigins: "app.example.org": expected * or an origin such as https://app.example.org',
    ),
  );
});
