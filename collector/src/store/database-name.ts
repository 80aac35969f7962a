import { StoreError } from './store-error.ts';

const DATABASE = /^[a-z_][a-z0-9_]*$/i;

/** Names stand in SQL text, where nothing can be bound: letters, digits and `_` only. */
export function checkedDatabase(name: string): string {
  if (DATABASE.test(name)) return name;
  throw new StoreError(
    'unsupported',
    `not a database name: ${JSON.stringify(name)} (letters, digits and _, not a digit first)`,
  );
}
