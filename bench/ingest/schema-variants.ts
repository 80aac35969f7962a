/** Another form of the `spans` table: what a choice in its schema costs, or saves. */
export interface Variant {
  readonly name: string;
  /** The statement that creates the table, changed. */
  readonly change: (ddl: string) => string;
  /** Inserts and merges build the index of words too, which the product leaves to finished days. */
  readonly indexesWords?: boolean;
}

const ANY_TEXT_CODEC = / CODEC\((?:Delta\(\d+\), |T64, )?ZSTD\(1\)\)/g;

/** Replaces, and fails where there was nothing to replace: the schema has changed and the variant means nothing any more. */
function replaced(what: string | RegExp, by: string): (ddl: string) => string {
  return (ddl) => {
    const changed = ddl.replaceAll(what, by);
    if (changed === ddl) throw new Error(`the spans table has no ${String(what)} that could be changed`);
    return changed;
  };
}

function withSetting(setting: string): (ddl: string) => string {
  return replaced('SETTINGS ', `SETTINGS ${setting}, `);
}

export function withoutIndex(name: string): (ddl: string) => string {
  return replaced(new RegExp(`,\\s*INDEX ${name} .*? GRANULARITY \\d+`, 'g'), '');
}

export const VARIANTS: readonly Variant[] = [
  { name: 'as shipped', change: (ddl) => ddl },
  { name: 'no skip indexes', change: withoutIndex('\\w+') },
  { name: 'no index of attribute pairs', change: withoutIndex('idx_attribute_pairs') },
  {
    name: 'index of words at insert',
    change: replaced(/, exclude_materialize_skip_indexes_on_merge = '\w+'/g, ''),
    indexesWords: true,
  },
  { name: 'LZ4 for ZSTD(1)', change: replaced('ZSTD(1)', 'LZ4') },
  { name: 'no codecs (LZ4)', change: replaced(ANY_TEXT_CODEC, '') },
  { name: 'ZSTD(3)', change: replaced('ZSTD(1)', 'ZSTD(3)') },
  {
    name: 'a file per column',
    change: replaced(/min_bytes_for_wide_part = \d+/g, 'min_bytes_for_wide_part = 0'),
  },
  { name: 'no LowCardinality', change: replaced('LowCardinality(String)', 'String') },
  {
    name: 'LowCardinality map keys',
    change: replaced('Map(String, String)', 'Map(LowCardinality(String), String)'),
  },
  {
    name: 'order by minute and trace',
    change: replaced(
      /PRIMARY KEY .*?\)\)?\s+ORDER BY .*?span_id\)/g,
      'ORDER BY (project, toStartOfMinute(start_time), trace_id, span_id)',
    ),
  },
  { name: 'merges in blocks of 10 MiB', change: replaced(/, merge_max_block_size_bytes = \d+/g, '') },
  { name: 'ten parts a merge', change: withSetting('min_parts_to_merge_at_once = 10') },
  { name: 'granules of 10 MiB', change: replaced(/, index_granularity_bytes = \d+/g, '') },
  // What the embedded engine's settings choose for all tables, as the engine itself would have it.
  { name: 'a file per skip index', change: withSetting('packed_skip_index_max_bytes = 0') },
  { name: 'statistics of all columns', change: withSetting("auto_statistics_types = 'basic, uniq_v2'") },
  { name: 'marks of substreams', change: withSetting('write_marks_for_substreams_in_compact_parts = 1') },
  {
    name: 'lengths of texts apart',
    change: withSetting("string_serialization_version = 'with_size_stream'"),
  },
  { name: 'no sparse columns', change: withSetting('ratio_of_defaults_for_sparse_serialization = 1') },
  { name: 'columns compressed together', change: withSetting('compress_per_column_in_compact_parts = 0') },
];
