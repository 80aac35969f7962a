import { encodeRows, openStore, type Store } from '@tracelore/collector/store';
import { migrateLearner } from '../store/migrate.ts';

const SECRETS = {
  name: 'learner_secrets',
  columns: { name: 'String', value: 'String', at: "DateTime64(3, 'UTC')" },
};

/** Gives a store that no service used yet the secret that coins follow from, so that they can be told beforehand. */
export async function putSecret(store: Store, secret: string): Promise<void> {
  await migrateLearner(store);
  const row = { name: 'serving', value: secret, at: new Date(0) };
  await store.driver.insert(encodeRows(SECRETS, [row], 'secret'));
}

/** The same for a service that is yet to be started on this directory. */
export async function keepSecret(directory: string, secret: string): Promise<void> {
  const store = await openStore({ location: { kind: 'embedded', directory } });
  await putSecret(store, secret);
  await store.close();
}
