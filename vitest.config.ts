import { defineConfig, type ViteUserConfig } from 'vitest/config';

if (Number(process.versions.node.split('.')[0]) < 24) {
  throw new Error(
    `run the tests through npm scripts: they need Node 24 or newer, this is ${process.version}`,
  );
}
// The test processes inherit these: chDB needs more libuv threads than the default 4 and prints dates in the host's zone.
process.env['UV_THREADPOOL_SIZE'] ??= '16';
process.env['TZ'] = 'UTC';

const conditions: string[] = ['@tracelore/source', 'module', 'node', 'development|production'];
const execArgv: string[] = ['--conditions=@tracelore/source'];
const exclude: string[] = ['**/node_modules/**', '**/dist/**'];
const apart: string[] = [...exclude, '**/*.store.test.ts', '**/*.e2e.test.ts'];

/**
 * Nothing passes or fails by how fast the machine is: a test that hangs ends here, ms, and only e2e tests, which start many
 * processes, have more.
 */
const LIMIT_MS = 180_000;

/**
 * Four projects, by what a test touches:
 * `unit`  pure code, one shared process (isolation is what costs time);
 * `host`  code that registers process-wide OpenTelemetry state: one process per file;
 * `store` the embedded ClickHouse engine: one process and one database per file, never worker threads (they crash it);
 * `e2e`   whole processes: exits, crashes, the demo, the browser.
 */
const config: ViteUserConfig = defineConfig({
  ssr: { resolve: { conditions, externalConditions: ['@tracelore/source', 'node'] } },
  test: {
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
    teardownTimeout: LIMIT_MS,
    expect: { poll: { timeout: LIMIT_MS / 2 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{collector,learner,dashboards,examples,bench}/**/*.test.ts', '.ci/**/*.test.ts'],
          exclude: apart,
          isolate: false,
          execArgv,
        },
      },
      {
        extends: true,
        test: {
          name: 'host',
          include: ['{sdk,adapters}/**/*.test.ts'],
          exclude: apart,
          pool: 'forks',
          execArgv,
        },
      },
      {
        extends: true,
        test: {
          name: 'store',
          include: ['**/*.store.test.ts'],
          exclude,
          pool: 'forks',
          execArgv,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['**/*.e2e.test.ts'],
          exclude,
          pool: 'forks',
          fileParallelism: false,
          execArgv,
          testTimeout: 3 * LIMIT_MS,
        },
      },
    ],
  },
});
export default config;
