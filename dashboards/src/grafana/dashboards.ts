import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { overview } from './overview.ts';
import { runsAndTraces } from './runs-and-traces.ts';

/** Every dashboard with the file its JSON is committed as. */
export const DASHBOARDS: readonly { readonly file: string; readonly build: () => dashboard.Dashboard }[] = [
  { file: 'overview.json', build: overview },
  { file: 'runs-and-traces.json', build: runsAndTraces },
];

/** The committed text of a dashboard: classic JSON, the same bytes for the same code. */
export function render(built: dashboard.Dashboard): string {
  return `${JSON.stringify(built, null, 2)}\n`;
}
