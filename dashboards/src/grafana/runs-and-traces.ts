import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import * as table from '@grafana/grafana-foundation-sdk/table';
import { datasourceVariable, FILTER_COLUMNS, filterVariable, textVariable } from './filters.ts';
import { framed, hiddenColumn, TracesPanelBuilder, traceLink, UID, unitOverride } from './panel.ts';
import * as sql from './runs-and-traces-queries.ts';
import { FORMAT } from './target.ts';

/** Find a run by what is known about it, see where its time went, open its trace. */
export function runsAndTraces(): dashboard.Dashboard {
  return new dashboard.DashboardBuilder('Tracelore / Runs & traces')
    .uid(UID.runsAndTraces)
    .description('Search runs, see the slow and the expensive ones, and read one trace span by span.')
    .tags(['agents', 'tracelore'])
    .readonly()
    .time({ from: 'now-24h', to: 'now' })
    .refresh('1m')
    .variables([
      datasourceVariable(),
      ...FILTER_COLUMNS.map(filterVariable),
      new dashboard.CustomVariableBuilder('outcome')
        .label('Outcome')
        .values('passed,failed,unjudged')
        .multi(true)
        .includeAll(true)
        .current({ selected: true, text: 'All', value: '$__all' }),
      textVariable('search', 'Search'),
      textVariable('trace', 'Trace id'),
    ])
    .link(
      new dashboard.DashboardLinkBuilder('Agents')
        .type(dashboard.DashboardLinkType.Dashboards)
        .tags(['agents'])
        .includeVars(true)
        .keepTime(true),
    )
    .withPanel(
      runTable(
        1,
        'Runs',
        'The newest runs that match the filters and the search text.',
        24,
        12,
        sql.searchRuns,
      ),
    )
    .withPanel(
      framed(new heatmap.PanelBuilder(), {
        id: 2,
        title: 'Run duration',
        description: 'How many runs took how long, per interval; the rows are upper ends in seconds.',
        width: 24,
        height: 8,
        format: FORMAT.timeSeries,
        sql: [sql.durationHeatmap],
      }),
    )
    .withPanel(
      runTable(3, 'Slowest runs', 'The longest runs that match the filters.', 12, 9, sql.slowestRuns),
    )
    .withPanel(
      runTable(
        4,
        'Runs with most tokens',
        'The runs that used most tokens, among those that match.',
        12,
        9,
        sql.mostTokens,
      ),
    )
    .withPanel(
      framed(new TracesPanelBuilder(), {
        id: 5,
        title: 'Trace',
        description: 'The trace named in “Trace id”: click a run above to fill it in.',
        width: 24,
        height: 18,
        format: FORMAT.traces,
        sql: [sql.traceById],
      }),
    )
    .build();
}

function runTable(
  id: number,
  title: string,
  description: string,
  width: number,
  height: number,
  query: string,
): table.PanelBuilder {
  return framed(new table.PanelBuilder(), {
    id,
    title,
    description,
    width,
    height,
    format: FORMAT.table,
    sql: [query],
  })
    .overrideByName('duration', [unitOverride('s')])
    .overrideByName('tokens', [unitOverride('short')])
    .overrideByName('usd', [unitOverride('currencyUSD')])
    .overrideByName('run_id', [traceLink()])
    .overrideByName('trace_id', [hiddenColumn()]);
}
