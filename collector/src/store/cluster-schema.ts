import { StoreError } from './store-error.ts';

/** Rows of a table on one shard carry this name; under the plain name stands the `Distributed` table over all shards. */
export const LOCAL_SUFFIX = '_local';

const CLUSTER = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/**
 * What a row's shard is chosen by. Rows that replace or complete each other have the same value, so that `FINAL` and the
 * look-ups by views, which work within one shard, see all of them. What is not listed goes by project.
 */
const SHARD_KEYS: Readonly<Record<string, string>> = {
  spans: 'cityHash64(trace_id)',
  // Those without a trace would all lie on one shard.
  logs: `cityHash64(if(trace_id = '', toString(time), trace_id))`,
  runs: 'cityHash64(run_id)',
  id_times: 'cityHash64(id)',
  outcomes: 'cityHash64(run_id)',
  analyses: 'cityHash64(run_id)',
  learner_secrets: 'cityHash64(name)',
  worker_lease: 'cityHash64(name)',
  schema_migrations: 'cityHash64(package)',
  indexed_days: 'cityHash64(day)',
};

export function shardKeyOf(table: string): string {
  return SHARD_KEYS[table] ?? 'cityHash64(project)';
}

/** Cluster names stand in SQL text. */
export function checkedCluster(name: string): string {
  if (CLUSTER.test(name)) return name;
  throw new StoreError(
    'unsupported',
    `not a cluster name: ${JSON.stringify(name)} (letters, digits, _ and -, not a digit first)`,
  );
}

/**
 * The statements that do on a cluster what one statement of a schema file does on one server: a replicated table on every
 * shard, and a `Distributed` one over them under the name that readers and writers use. Takes the file's own text, with
 * `{database}` in it.
 * @throws StoreError `migration` for a statement of another kind than schema files have
 */
export function clusterForm(statement: string, cluster: string): string[] {
  const on = `ON CLUSTER '${checkedCluster(cluster)}'`;
  const [, kind = '', name = ''] = HEAD.exec(statement) ?? [];
  const rest = statement.slice(HEAD.exec(statement)?.[0].length ?? 0);
  switch (kind.replaceAll(/\s+/g, ' ').toUpperCase()) {
    case 'CREATE TABLE IF NOT EXISTS':
      return [
        `${kind} {database}.${name}${LOCAL_SUFFIX} ${on}${replicated(rest, name)}`,
        `${kind} {database}.${name} ${on} AS {database}.${name}${LOCAL_SUFFIX}\n` +
          `ENGINE = Distributed('${cluster}', '{database}', '${name}${LOCAL_SUFFIX}', ${shardKeyOf(name)})`,
      ];
    case 'CREATE MATERIALIZED VIEW IF NOT EXISTS':
      return [`${kind} {database}.${name} ${on}${rest.replaceAll(TABLE, `$&${LOCAL_SUFFIX}`)}`];
    case 'CREATE VIEW IF NOT EXISTS':
      return [`${kind} {database}.${name} ${on}${rest}`];
    case 'DROP VIEW IF EXISTS':
      return [`${kind} {database}.${name} ${on}${rest}`];
    case 'DROP TABLE IF EXISTS':
      return ['', LOCAL_SUFFIX].map((suffix) => `${kind} {database}.${name}${suffix} ${on}${rest}`);
    case 'ALTER TABLE':
      // Only columns mean something to a Distributed table.
      return (COLUMNS_ONLY.test(rest) ? [LOCAL_SUFFIX, ''] : [LOCAL_SUFFIX]).map(
        (suffix) => `${kind} {database}.${name}${suffix} ${on}${rest.replaceAll(WINDOW, 'replicated_$1')}`,
      );
    default:
      throw new StoreError(
        'migration',
        `no form for a cluster is known of this statement: ${statement.slice(0, SHOWN_CHARACTERS)}`,
      );
  }
}

const HEAD =
  /^\s*(CREATE\s+TABLE\s+IF\s+NOT\s+EXISTS|CREATE\s+MATERIALIZED\s+VIEW\s+IF\s+NOT\s+EXISTS|CREATE\s+VIEW\s+IF\s+NOT\s+EXISTS|DROP\s+VIEW\s+IF\s+EXISTS|DROP\s+TABLE\s+IF\s+EXISTS|ALTER\s+TABLE)\s+\{database\}\.(\w+)/i;
const TABLE = /\{database\}\.\w+/g;
const ENGINE = /\bENGINE = (\w*MergeTree)\b(?:\(([^()]*)\))?/;
const WINDOW = /\bnon_replicated_(deduplication_window)\b/g;
const COLUMNS_ONLY =
  /^(?:(?!\b(?:INDEX|PROJECTION|SETTING|TTL|CONSTRAINT)\b)[^])*\bCOLUMN\b(?:(?!\b(?:INDEX|PROJECTION|SETTING|TTL|CONSTRAINT)\b)[^])*$/i;
const SHOWN_CHARACTERS = 80;

function replicated(definition: string, table: string): string {
  if (!ENGINE.test(definition))
    throw new StoreError('migration', `${table}: expected an engine of the MergeTree family`);
  return definition
    .replace(ENGINE, (_, engine: string, given: string | undefined) => {
      // The server fills in its own shard and replica; database and table are its names, not our placeholder.
      const place = `'/clickhouse/tables/{shard}/{database}/${table}${LOCAL_SUFFIX}', '{replica}'`;
      return `ENGINE = Replicated${engine}(${[place, ...(given === undefined || given === '' ? [] : [given])].join(', ')})`;
    })
    .replaceAll(WINDOW, 'replicated_$1');
}
