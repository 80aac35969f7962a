import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { datasourceVariable, FILTER_COLUMNS, filterVariable } from './filters.ts';
import * as sql from './overview-queries.ts';
import { framed, hiddenColumn, traceLink, UID, unitOverride } from './panel.ts';
import { clickHouseQuery, DATASOURCE, FORMAT } from './target.ts';

/** Are the agents doing their job, how fast, at what cost, and which runs to look at first. */
export function overview(): dashboard.Dashboard {
  return new dashboard.DashboardBuilder('Tracelore / Overview')
    .uid(UID.overview)
    .description(
      'Runs of all agents: how many pass, how long they take, what they use, and the failing ones to open first.',
    )
    .tags(['agents', 'tracelore'])
    .readonly()
    .time({ from: 'now-24h', to: 'now' })
    .refresh('1m')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .variables([datasourceVariable(), ...FILTER_COLUMNS.map(filterVariable)])
    .link(
      new dashboard.DashboardLinkBuilder('Agents')
        .type(dashboard.DashboardLinkType.Dashboards)
        .tags(['agents'])
        .includeVars(true)
        .keepTime(true),
    )
    .annotation(knowledgeChanges())
    .withPanel(
      number(
        1,
        'Runs',
        'Runs that started in the time range; trials of the learner are left out.',
        'short',
        sql.runCount,
      ),
    )
    .withPanel(
      number(2, 'Pass rate', 'Passed runs among those with an outcome.', 'percentunit', sql.passRate),
    )
    .withPanel(
      number(
        3,
        'Error rate',
        'Runs whose root span ended with an error, among all runs.',
        'percentunit',
        sql.errorRate,
      ),
    )
    .withPanel(
      number(
        4,
        'Judged',
        'Runs with an outcome, among all runs: below this share the pass rate says little.',
        'percentunit',
        sql.judgedShare,
      ),
    )
    .withPanel(
      number(5, 'Latency', 'Duration of a run: median, 95th and 99th percentile.', 's', sql.latencyNow),
    )
    .withPanel(
      number(
        6,
        'Tokens',
        'Input and output tokens of model calls, each call counted once.',
        'short',
        sql.tokenTotal,
      ),
    )
    .withPanel(
      number(
        12,
        'Cost',
        'What model calls cost, each counted once: as their senders report it, else by the price list of the time.',
        'currencyUSD',
        sql.costTotal,
      ),
    )
    .withPanel(
      number(
        13,
        'Calls without a price',
        'Model calls that are missing in the cost: their model is in no price list, or their usage was not reported.',
        'short',
        sql.unpricedCalls,
      ),
    )
    .withPanel(
      lines(
        7,
        'Runs by outcome',
        'Passed, failed and unjudged runs per interval.',
        'short',
        sql.runsByOutcome,
      )
        .drawStyle(common.GraphDrawStyle.Bars)
        .fillOpacity(60)
        .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal)),
    )
    .withPanel(
      lines(
        8,
        'Pass rate with and without rules',
        'Pass rate of runs that were given learned rules, beside all others. A comparison, not an effect: the hold-out measures the effect.',
        'percentunit',
        sql.passRateOverTime,
      )
        .min(0)
        .max(1),
    )
    .withPanel(
      lines(
        9,
        'Latency over time',
        'Duration of runs: median, 95th and 99th percentile.',
        's',
        sql.latencyOverTime,
      ),
    )
    .withPanel(
      lines(
        10,
        'Tokens by model',
        'Input plus output tokens of model calls, each counted once; the ten models that used most.',
        'short',
        sql.tokensByModel,
      ),
    )
    .withPanel(
      lines(
        14,
        'Cost by model',
        'USD per interval, each model call counted once; the ten dearest models.',
        'currencyUSD',
        sql.costByModel,
      ),
    )
    .withPanel(
      lines(
        15,
        'Cost by agent',
        'USD per interval over the runs of an agent; the ten dearest agents.',
        'currencyUSD',
        sql.costByAgent,
      ),
    )
    .withPanel(
      framed(new table.PanelBuilder(), {
        id: 11,
        title: 'Failing runs',
        description: 'The newest failed runs. Open one to see what happened.',
        width: 24,
        height: 10,
        format: FORMAT.table,
        sql: [sql.failingRuns],
      })
        .overrideByName('duration', [unitOverride('s')])
        .overrideByName('run_id', [traceLink()])
        .overrideByName('trace_id', [hiddenColumn()]),
    )
    .build();
}

function number(
  id: number,
  title: string,
  description: string,
  unit: string,
  query: string,
): stat.PanelBuilder {
  return framed(new stat.PanelBuilder(), {
    id,
    title,
    description,
    width: 3,
    height: 5,
    format: FORMAT.table,
    sql: [query],
  })
    .unit(unit)
    .colorMode(common.BigValueColorMode.None)
    .graphMode(common.BigValueGraphMode.None);
}

function lines(
  id: number,
  title: string,
  description: string,
  unit: string,
  query: string,
): timeseries.PanelBuilder {
  return framed(new timeseries.PanelBuilder(), {
    id,
    title,
    description,
    width: 12,
    height: 8,
    format: FORMAT.timeSeries,
    sql: [query],
  })
    .unit(unit)
    .lineWidth(2)
    .showPoints(common.VisibilityMode.Auto);
}

/** What the learner changed, as marks on every graph. */
export const KNOWLEDGE_CHANGES_SQL = `
    SELECT at AS time, concat(type, ': ', rule_id) AS text, 'knowledge' AS tags
    FROM knowledge_log
    WHERE $__timeFilter(at) AND type IN ('activated', 'approved', 'deprecated', 'rejected')
    ORDER BY at LIMIT 500`;

function knowledgeChanges(): { build(): dashboard.AnnotationQuery } {
  const annotation = new dashboard.AnnotationQueryBuilder()
    .name('Knowledge changes')
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor('purple')
    .build();
  // The annotation's target is typed for Grafana's own source; the ClickHouse plugin reads the query from it as it stands.
  return {
    build: () =>
      Object.assign(annotation, {
        target: clickHouseQuery('Knowledge', FORMAT.table, KNOWLEDGE_CHANGES_SQL),
      }),
  };
}
