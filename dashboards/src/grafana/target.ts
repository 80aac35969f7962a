import type * as cog from '@grafana/grafana-foundation-sdk/cog';

/** Result formats of the ClickHouse data source plugin. Always written: a missing one means time series. */
export const FORMAT = { timeSeries: 0, table: 1, logs: 2, traces: 3 } as const;
export type Format = (typeof FORMAT)[keyof typeof FORMAT];

const QUERY_TYPES: Readonly<Record<Format, string>> = { 0: 'timeseries', 1: 'table', 2: 'logs', 3: 'traces' };

/** Every panel names the data source by the dashboard's variable, never by uid. */
export const DATASOURCE = { type: 'grafana-clickhouse-datasource', uid: '${datasource}' } as const;

/** One SQL query of a panel. The foundation SDK has no builder for the ClickHouse plugin; this is its whole query model. */
export interface ClickHouseQuery {
  readonly refId: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly editorType: 'sql';
  readonly queryType: string;
  readonly format: Format;
  readonly rawSql: string;
}

export function clickHouseQuery(refId: string, format: Format, sql: string): ClickHouseQuery {
  return {
    refId,
    datasource: DATASOURCE,
    editorType: 'sql',
    queryType: QUERY_TYPES[format],
    format,
    rawSql: sql.trim().replaceAll(/^ {4}/gm, ''),
  };
}

/** The same as a builder for panels; the marker is a function, so JSON leaves it out. */
export function target(refId: string, format: Format, sql: string): cog.Builder<cog.Dataquery> {
  const query = { ...clickHouseQuery(refId, format, sql), _implementsDataqueryVariant(): void {} };
  return { build: () => query };
}
