import { SCOPES } from '@tracelore/collector/store';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { permissionOf, PERMISSIONS } from './permissions.ts';

const PAGE = readFileSync(new URL('../../../docs/security.md', import.meta.url), 'utf8');
const OPERATIONS = Object.entries(PERMISSIONS);

test('what is in no list is for admins, and written down', () => {
  expect(permissionOf('GET', '/v1/new')).toEqual({ scope: 'admin', audit: 'GET /v1/new' });
});

test('who may only read changes nothing, and what admins alone change is written down', () => {
  const reads = OPERATIONS.filter(([, { scope }]) => scope === 'read');
  expect(reads.filter(([operation]) => !operation.startsWith('GET '))).toEqual([]);
  const changes = OPERATIONS.filter(
    ([operation, { scope }]) => scope === 'admin' && operation.startsWith('POST '),
  );
  expect(changes.filter(([, { audit }]) => audit === undefined)).toEqual([]);
});

test('the page about security says the same', () => {
  const rows = new Map(
    [...PAGE.matchAll(/^\| `(\w+)` +\| (.*?) +\|$/gm)].map(([, scope = '', text = '']) => [scope, text]),
  );
  expect([...rows.keys()]).toEqual(Object.keys(SCOPES));
  const forAgents = OPERATIONS.filter(([, { scope }]) => scope === 'ingest');
  expect(forAgents.length).toBeGreaterThan(3);
  const unnamed = forAgents.filter(
    ([operation]) => !rows.get('ingest')?.includes(operation.replace('POST ', '')),
  );
  expect(unnamed).toEqual([]);
});
