// Prints the sizes of the source files (physical lines, tests and fixtures left out) and fails when the 95th percentile
// grows past the limit: a file beyond it usually holds a second concept.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const P95_LINES_MAX = 350;
const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.mjs', '*.cjs'],
  { encoding: 'utf8' },
)
  .split('\n')
  .filter((file) => file !== '' && !/\.test\.tsx?$|\/fixtures\//.test(file));
const sizes = files
  .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length }))
  .sort((a, b) => a.lines - b.lines);
const at = (share) => sizes[Math.min(sizes.length - 1, Math.floor(share * sizes.length))];
console.log(
  `${sizes.length} source files: median ${at(0.5).lines} lines, p95 ${at(0.95).lines}, largest ${sizes.at(-1).lines} (${sizes.at(-1).file})`,
);
if (process.argv.includes('--list'))
  for (const { file, lines } of sizes.slice(-20)) console.log(`${lines}\t${file}`);
if (at(0.95).lines > P95_LINES_MAX) {
  console.error(`p95 of source files is ${at(0.95).lines} lines, the limit is ${P95_LINES_MAX}`);
  process.exit(1);
}
