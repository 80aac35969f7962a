import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import { RUNS } from '@tracelore/collector/store';
import { DATASOURCE } from './target.ts';

/** Columns of `runs` a viewer can filter by; each is a variable of the same name. */
export const FILTER_COLUMNS = ['project', 'agent', 'service', 'environment'] as const;
export type FilterColumn = (typeof FILTER_COLUMNS)[number];

/** Conditions for the chosen filters, on any table that has these columns. Trials are offline runs: never counted here. */
export function filters(columns: readonly FilterColumn[] = FILTER_COLUMNS): string {
  const chosen = columns.map(
    (column) => `$__conditionalAll(${column} IN (\${${column}:singlequote}), $${column})`,
  );
  return [...chosen, "trial_id = ''"].join(' AND ');
}

/** SQL behind a filter's choices; bounded, and reloaded with the time range. */
export function filterValuesSql(column: FilterColumn): string {
  return `SELECT DISTINCT ${column} FROM ${RUNS.name} WHERE $__timeFilter(start_time) AND ${column} != '' ORDER BY ${column} LIMIT 500`;
}

export function datasourceVariable(): cog.Builder<dashboard.VariableModel> {
  return new dashboard.DatasourceVariableBuilder('datasource').label('Data source').type(DATASOURCE.type);
}

export function filterVariable(column: FilterColumn): cog.Builder<dashboard.VariableModel> {
  const label = column[0]?.toUpperCase() + column.slice(1);
  return new dashboard.QueryVariableBuilder(column)
    .label(label)
    .datasource(DATASOURCE)
    .query({ editorType: 'sql', rawSql: filterValuesSql(column), refId: `Variable${label}` })
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .current({ selected: true, text: 'All', value: '$__all' });
}

export function textVariable(name: string, label: string): cog.Builder<dashboard.VariableModel> {
  return new dashboard.TextBoxVariableBuilder(name).label(label).defaultValue('');
}
