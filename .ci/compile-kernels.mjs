// Compiles learner/src/search/vector-kernels.wat into vector-kernels.ts beside it, which is what the product loads.
// With `--check` it only says whether the two belong together.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import wabt from 'wabt';

const SOURCE = path.join(path.dirname(import.meta.dirname), 'learner/src/search/vector-kernels.wat');
const TARGET = SOURCE.replace(/wat$/, 'ts');

const tools = await wabt();
const module = tools.parseWat(SOURCE, readFileSync(SOURCE, 'utf8'), { simd: true });
const bytes = Buffer.from(module.toBinary({}).buffer);
const code = [
  '/** `vector-kernels.wat`, compiled by `node .ci/compile-kernels.mjs`, in base64. */',
  'export const VECTOR_KERNELS =',
  `  '${bytes.toString('base64')}';`,
  '',
].join('\n');

if (!process.argv.includes('--check')) writeFileSync(TARGET, code);
else if (readFileSync(TARGET, 'utf8') !== code) {
  console.error('vector-kernels.ts is not what vector-kernels.wat says: run node .ci/compile-kernels.mjs');
  process.exitCode = 1;
}
