import { randomBytes } from 'node:crypto';
import { encodeRows, type SqlDriver, type Table } from '@tracelore/collector/store';

const SECRETS: Table = {
  name: 'learner_secrets',
  columns: { name: 'String', value: 'String', at: "DateTime64(3, 'UTC')" },
};
const SECRET_BYTES = 32;
const NAME = 'serving';

/** The secret behind hold-out coins and fences, hex: made at the first start, the same ever after. */
export async function loadSecret(driver: SqlDriver, database: string, now: () => Date): Promise<string> {
  const found = await read(driver, database);
  if (found !== undefined) return found;
  const value = randomBytes(SECRET_BYTES).toString('hex');
  await driver.insert(encodeRows(SECRETS, [{ name: NAME, value, at: now() }], `secret:${value}`));
  return (await read(driver, database)) ?? value;
}

async function read(driver: SqlDriver, database: string): Promise<string | undefined> {
  const rows = await driver.query<{ value: string }>(
    `SELECT value FROM ${database}.${SECRETS.name} WHERE name = {name: String} ORDER BY at, value LIMIT 1`,
    { parameters: { name: NAME } },
  );
  return rows[0]?.value;
}
