// Compiles what is written in WebAssembly's text format into a module beside it, which is what the product loads.
// With `--check` it only says whether the two belong together.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import wabt from 'wabt';

const ROOT = path.dirname(import.meta.dirname);
/** By the name of the constant that holds it. */
const SOURCES = {
  SIGNS_KERNEL: 'collector/src/redact/signs-kernel.wat',
  VECTOR_KERNELS: 'learner/src/search/vector-kernels.wat',
};

const tools = await wabt();
for (const [constant, file] of Object.entries(SOURCES)) {
  const source = path.join(ROOT, file);
  const target = source.replace(/wat$/, 'ts');
  const bytes = Buffer.from(
    tools.parseWat(source, readFileSync(source, 'utf8'), { simd: true }).toBinary({}).buffer,
  );
  const code = [
    `/** \`${path.basename(source)}\`, compiled by \`node .ci/compile-kernels.mjs\`, in base64. */`,
    `export const ${constant} =`,
    `  '${bytes.toString('base64')}';`,
    '',
  ].join('\n');
  if (!process.argv.includes('--check')) writeFileSync(target, code);
  else if (readFileSync(target, 'utf8') !== code) {
    console.error(`${target} is not what ${path.basename(source)} says: run node .ci/compile-kernels.mjs`);
    process.exitCode = 1;
  }
}
