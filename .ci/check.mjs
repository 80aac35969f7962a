// `npm test`: every check, cheapest first, then all tests; ends with one plain line `N passed, N failed`.
// Each check counts as one. Everything runs even after a failure, so that one run shows all there is to mend.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.dirname(import.meta.dirname);
const report = path.join(mkdtempSync(path.join(tmpdir(), 'tracelore-check-')), 'vitest.json');

/** @type {[name: string, command: string, args: string[]][]} */
const CHECKS = [
  ['node', 'node', ['-e', 'if (parseInt(process.versions.node) < 24) throw new Error(process.version)']],
  ['lockfile', 'node', ['.ci/complete-lock.mjs', '--check']],
  ['kernels', 'node', ['.ci/compile-kernels.mjs', '--check']],
  ['format', 'oxfmt', ['--check', '.']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings']],
  ['types', 'tsc', ['--noEmit']],
  ['sizes', 'node', ['.ci/sizes.mjs']],
  ['build', 'node', ['.ci/build.mjs']],
];

let passed = 0;
let failed = 0;
let skipped = 0;
for (const [name, command, args] of CHECKS) {
  const started = performance.now();
  const ok = run(command, args) === 0;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (ok) passed += 1;
  else failed += 1;
}

const code = run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]);
const results = readReport();
passed += results?.numPassedTests ?? 0;
failed += results?.numFailedTests ?? 0;
skipped += results?.numPendingTests ?? 0;
// Files that fail to load, unhandled errors and a killed runner have no failed test of their own.
if (code !== 0 && (results?.numFailedTests ?? 0) === 0) failed += 1;
rmSync(path.dirname(report), { recursive: true });

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 ? 0 : 1);

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (error) console.error(`${command}: ${error.message}`);
  return status ?? 1;
}

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return undefined;
  }
}
