// Builds the published packages into `<package>/dist`: declarations and JavaScript by tsc, SQL files copied beside them.
// `--pack <folder>` also writes the npm tarballs there.
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.dirname(import.meta.dirname);
/** In order of dependency: each resolves its siblings to their built declarations. */
const PACKAGES = ['sdk', 'collector', 'learner', 'adapters', 'dashboards'];

for (const name of PACKAGES) {
  const folder = path.join(ROOT, name);
  rmSync(path.join(folder, 'dist'), { recursive: true, force: true });
  run('tsc', ['-p', path.join(folder, 'tsconfig.build.json')]);
  cpSync(path.join(folder, 'src'), path.join(folder, 'dist'), { recursive: true, filter: isFolderOrSql });
  copyFileSync(path.join(ROOT, 'LICENSE'), path.join(folder, 'LICENSE'));
}

const target = process.argv.includes('--pack') ? process.argv[process.argv.indexOf('--pack') + 1] : undefined;
if (target !== undefined) {
  mkdirSync(target, { recursive: true });
  run('npm', [
    'pack',
    '--ignore-scripts',
    '--silent',
    '--pack-destination',
    target,
    ...PACKAGES.map((name) => `./${name}`),
  ]);
}

function isFolderOrSql(source) {
  return path.extname(source) === '' || path.extname(source) === '.sql';
}

function run(command, args) {
  execFileSync(command, args, { cwd: ROOT, stdio: 'inherit' });
}
