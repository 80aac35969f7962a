import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FIXTURE = join(ROOT, 'sdk/src/testing/fixtures/decorated-agent.ts');
let directory = '';
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it.each([
  ['standard', {}],
  ['legacy', { experimentalDecorators: true }],
])('works with %s decorators as the TypeScript compiler lowers them', (_name, flags) => {
  directory = mkdtempSync(join(tmpdir(), 'tracelore-decorators-'));
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  const options = {
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      strict: true,
      types: ['node'],
      skipLibCheck: true,
      outDir: directory,
      rootDir: join(ROOT, 'sdk/src'),
      customConditions: ['@tracelore/source'],
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: true,
      ...flags,
    },
    files: [FIXTURE],
  };
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(options));
  execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', directory], {
    stdio: 'pipe',
  });
  const output = execFileSync(
    process.execPath,
    ['--conditions=@tracelore/source', join(directory, 'testing/fixtures/decorated-agent.js')],
    { encoding: 'utf8' },
  );
  expect(JSON.parse(output)).toEqual({ results: ['a 3'], spans: ['lookup', 'answer'] });
});
