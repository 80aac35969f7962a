import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** A program in which `@grpc/grpc-js` is not installed. */
const PROGRAM = `
import { registerHooks } from 'node:module';
registerHooks({
  resolve: (specifier, context, next) => next(specifier === '@grpc/grpc-js' ? 'not-installed' : specifier, context),
});
const { createCollector } = await import(process.argv[1]);
const store = { write: async () => {}, refresh: async () => {}, stale: async () => [] };
const plain = createCollector({ store, port: 0 });
await plain.start();
await plain.shutdown();
await createCollector({ store, port: 0, grpcPort: 0 }).start().catch((error) => console.log(error.code, error.message));
`;

test('without the gRPC package HTTP works, and a gRPC port is refused with what to do', () => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--conditions=@tracelore/source',
      '--input-type=module',
      '--eval',
      PROGRAM,
      new URL('../collector.ts', import.meta.url).href,
    ],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(stdout).toBe(
    'missing_package grpcPort needs the package @grpc/grpc-js, which is not installed: npm install @grpc/grpc-js, or send by HTTP\n',
  );
});
