import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTemporaryStore, type TemporaryStore } from './testing/temporary-store.ts';

const GUIDE = readFileSync(new URL('../../../docs/production.md', import.meta.url), 'utf8');

/** Statements in blocks of SQL, and those that stand between code marks. */
function statements(): string[] {
  const blocks = [...GUIDE.matchAll(/```sql\n([^]*?)```/g)].flatMap(([, block = '']) =>
    block.replaceAll(/--.*$/gm, '').split(/;\s*$/m),
  );
  const inline = [...GUIDE.matchAll(/`((?:BACKUP|RESTORE) DATABASE[^`]*|CREATE ROW POLICY[^`]*)`/g)].map(
    ([, statement = '']) => statement.replace('S3(…)', "S3('u', 'k', 's')").replaceAll('…', 'x'),
  );
  return [...blocks, ...inline].map((statement) => statement.trim()).filter((statement) => statement !== '');
}

let temporary: TemporaryStore;
beforeAll(async () => {
  temporary = await openTemporaryStore();
});
afterAll(async () => await temporary.remove());

test('there is SQL in the guide', () => {
  expect(statements().length).toBeGreaterThan(8);
});

test.each(statements().map((statement) => [statement]))('the engine parses: %s', async (statement) => {
  const explained = temporary.store.driver.query(`EXPLAIN AST ${statement.replaceAll("'<name>'", "'n'")}`);
  expect((await explained).length).toBeGreaterThan(0);
});
