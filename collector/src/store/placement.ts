import { LOCAL_SUFFIX } from './cluster-schema.ts';
import type { SqlDriver } from './driver.ts';

/** Where a table's own parts are found: on one server under its name, on a cluster under the local table's. */
export function localTable({ cluster }: Pick<SqlDriver, 'cluster'>, table: string): string {
  return cluster === undefined ? table : `${table}${LOCAL_SUFFIX}`;
}

/** Makes a statement one for all servers of the cluster. */
export function onCluster({ cluster }: Pick<SqlDriver, 'cluster'>): string {
  return cluster === undefined ? '' : ` ON CLUSTER '${cluster}'`;
}

/** A table of the engine about itself: of this server, or of all servers of the cluster. */
export function systemTable(
  { cluster }: Pick<SqlDriver, 'cluster'>,
  name: 'parts' | 'mutations' | 'tables',
): string {
  return cluster === undefined ? `system.${name}` : `clusterAllReplicas('${cluster}', system.${name})`;
}
