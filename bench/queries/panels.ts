import { readdirSync, readFileSync } from 'node:fs';
import { expandMacros } from '../../dashboards/src/grafana/macros.ts';
import type { Filling } from './fill.ts';
import type { Question } from './measured-store.ts';

const FOLDER = new URL('../../dashboards/grafana/', import.meta.url);
const DAY_MS = 86_400_000;
/** Points that Grafana asks of a chart. */
const POINTS = 300;
const PANEL_MS = 1_000;
/** Variables of the dashboards with everything chosen. */
const ALL = ['project', 'agent', 'service', 'environment', 'outcome'] as const;

interface Dashboard {
  readonly panels: readonly {
    readonly title?: string;
    readonly targets?: readonly { readonly rawSql: string }[];
  }[];
}

function readDashboard(file: string): Dashboard {
  const dashboard: Dashboard = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
  return dashboard;
}

/** Every panel of the dashboards over all that is stored, as the data source would ask it. */
export function panels(filling: Filling): Question[] {
  const range = { from: filling.endMs - filling.days * DAY_MS, to: filling.endMs };
  const context = {
    ...range,
    intervalMs: (range.to - range.from) / POINTS,
    variables: { ...Object.fromEntries(ALL.map((name) => [name, '$__all'])), search: '', trace: '' },
  };
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => readDashboard(file).panels)
    .flatMap(({ title = '', targets = [] }) =>
      targets.map(({ rawSql }) => ({
        title: `panel “${title}”`,
        targetMs: PANEL_MS,
        ask: async (store) => {
          const sql = expandMacros(rawSql, context).replaceAll(
            /\b(FROM|JOIN)\s+(runs|spans|id_times|knowledge_log)\b/g,
            (_, word: string, table: string) => `${word} ${store.database}.${table}`,
          );
          return (await store.driver.query(sql)).length;
        },
      })),
    );
}
