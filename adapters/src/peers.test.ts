import { createRequire } from 'node:module';

import { expect, test } from 'vitest';

import manifest from '../package.json' with { type: 'json' };
import { PEERS, rangeOf, supports } from './peers.ts';

const require = createRequire(import.meta.url);

test('the tested ranges are the peer dependencies of the package, all optional', () => {
  const ranges = Object.fromEntries(Object.values(PEERS).map((peer) => [peer.name, rangeOf(peer)]));
  const { '@opentelemetry/api': api, ...frameworks } = manifest.peerDependencies;
  expect(api).toBe('>=1.9.0 <2');
  expect(ranges).toStrictEqual(frameworks);
  expect(Object.keys(manifest.peerDependenciesMeta).sort()).toStrictEqual(Object.keys(frameworks).sort());
});

test('the installed versions are in the tested ranges', () => {
  for (const peer of Object.values(PEERS)) {
    const installed: { version: string } = require(`${peer.name}/package.json`);
    expect(supports(peer, installed.version)).toBe(true);
  }
});

test('a range holds its first version and everything below its end', () => {
  const peer = { name: 'x', min: '1.2.0', below: '2.0.0' };
  const verdicts = ['1.2.0', '1.2.0-rc.1', '1.19.3', '1.1.99', '2.0.0', '', 'next'].map((version) =>
    supports(peer, version),
  );
  expect(verdicts).toStrictEqual([true, true, true, false, false, false, false]);
});
