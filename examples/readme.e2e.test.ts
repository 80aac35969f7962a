import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = path.dirname(import.meta.dirname);
const BIN = path.join(ROOT, 'learner/bin/tracelore.cjs');
const work = mkdtempSync(path.join(tmpdir(), 'tracelore-readme-'));
let service: ChildProcess;
let addresses: { readonly api: string; readonly otlp: string };

/** The README's first JavaScript block, as a reader would paste it. */
function example(): string {
  const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const block = /```js\n([\s\S]*?)```/.exec(readme)?.[1];
  if (block === undefined) throw new Error('README.md: expected a ```js block');
  return block;
}

/** A Node of the system, older than the one this test runs on. */
function systemNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => !folder.includes('node_modules'));
  return folders
    .map((folder) => path.join(folder, 'node'))
    .filter((file) => existsSync(file))
    .find(
      (file) =>
        Number(execFileSync(file, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' })) < 24,
    );
}

beforeAll(async () => {
  execFileSync('node', [path.join(ROOT, '.ci/build.mjs'), '--pack', path.join(work, 'tarballs')], {
    cwd: ROOT,
    stdio: 'pipe',
  });
  service = spawn(
    process.execPath,
    [BIN, 'up', '--port', '0', '--otlp-port', '0', '--data', path.join(work, 'data'), '--json'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  if (service.stdout === null) throw new Error('no stdout');
  for await (const line of createInterface(service.stdout)) {
    const ready: { ready?: boolean; api: string; otlp: string } = JSON.parse(line);
    if (ready.ready === true) {
      addresses = ready;
      break;
    }
  }
});

afterAll(async () => {
  service.kill('SIGTERM');
  await once(service, 'exit');
  rmSync(work, { recursive: true });
});

const nodes: (readonly [string, string | undefined])[] = [
  ['this Node', process.execPath],
  ['the system’s Node', systemNode()],
];

test.each(nodes.filter(([, node]) => node !== undefined))(
  'the ten lines work in an empty folder under %s',
  async (_, node = '') => {
    const folder = mkdtempSync(path.join(work, 'app-'));
    writeFileSync(
      path.join(folder, 'package.json'),
      JSON.stringify({ name: 'app', type: 'module', private: true }),
    );
    writeFileSync(path.join(folder, 'example.js'), example());
    const tarballs = readdirSync(path.join(work, 'tarballs')).filter((file) =>
      file.startsWith('tracelore-sdk-'),
    );
    expect(tarballs).toHaveLength(1);
    const environment = {
      ...process.env,
      PATH: `${path.dirname(node)}${path.delimiter}${process.env['PATH'] ?? ''}`,
    };
    execFileSync(
      'npm',
      [
        'install',
        '--no-audit',
        '--no-fund',
        '--prefer-offline',
        path.join(work, 'tarballs', tarballs[0] ?? ''),
      ],
      {
        cwd: folder,
        env: environment,
        stdio: 'pipe',
      },
    );

    const output = execFileSync(node, ['example.js'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...environment, TRACELORE_API_URL: addresses.api, OTEL_EXPORTER_OTLP_ENDPOINT: addresses.otlp },
    });
    expect(output).toBe('Paris\n');

    const listed: {
      runs: { name: string; service: string; outcome: { passed: boolean; source: string } | null }[];
    } = JSON.parse(
      execFileSync(process.execPath, [BIN, 'traces', 'list', '--json', '--url', addresses.api], {
        encoding: 'utf8',
      }),
    );
    expect(listed.runs[0]).toMatchObject({
      name: 'answer',
      service: 'geography-bot',
      outcome: { passed: true, source: 'check' },
    });
  },
);
