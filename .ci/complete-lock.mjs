// Adds lockfile entries for optional packages of other platforms that the registry could not serve when the lockfile
// was written. Without them `npm ci` refuses the lockfile on every platform. `--check` changes nothing and fails when
// an entry is missing.
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('../package-lock.json', import.meta.url);
const OS = [
  'linux',
  'darwin',
  'win32',
  'freebsd',
  'android',
  'openharmony',
  'aix',
  'netbsd',
  'openbsd',
  'sunos',
];
const CPU = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el'];

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const added = [];
for (const owner of Object.values({ ...lock.packages })) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (lock.packages[key]) continue;
    const words = name
      .split('/')
      .pop()
      .replace(/^node-win-/, 'node-win32-')
      .split(/[-.]/);
    const os = words.find((word) => OS.includes(word));
    const cpu = words.find((word) => CPU.includes(word));
    if (os === undefined || cpu === undefined) continue;
    if (!/^\d+\.\d+\.\d+/.test(version))
      throw new Error(`${name}: expected an exact version, got ${version}`);
    const libc = words.some((word) => word.startsWith('musl'))
      ? { libc: ['musl'] }
      : words.some((word) => word.startsWith('gnu'))
        ? { libc: ['glibc'] }
        : {};
    lock.packages[key] = {
      version,
      cpu: [cpu],
      ...(owner.dev ? { dev: true } : {}),
      ...libc,
      optional: true,
      os: [os],
    };
    added.push(name);
  }
}
if (process.argv.includes('--check')) {
  if (added.length > 0) {
    console.error(`package-lock.json lacks ${added.join(', ')}: run node .ci/complete-lock.mjs`);
    process.exit(1);
  }
} else if (added.length > 0) {
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  console.log(`added ${added.length}: ${added.join(', ')}`);
}
