import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE, target, type Format } from './target.ts';

/** What every panel states. `id` is stable for ever: links and alert rules name it. */
export interface PanelFrame {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  /** Columns of the 24-column grid, rows of the grid. */
  readonly width: number;
  readonly height: number;
  readonly format: Format;
  /** One query each, in order: refId A, B, … */
  readonly sql: readonly string[];
}

/** The methods all panel builders of the SDK share. */
interface AnyPanelBuilder extends cog.Builder<dashboard.Panel> {
  id(id: number): this;
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: { readonly type: string; readonly uid: string }): this;
  span(width: number): this;
  height(height: number): this;
  targets(targets: cog.Builder<cog.Dataquery>[]): this;
  noValue(text: string): this;
}

/** Fills in what the SDK leaves undefined (ids, refIds) and what our lint asks of every panel. */
export function framed<Builder extends AnyPanelBuilder>(builder: Builder, frame: PanelFrame): Builder {
  return builder
    .id(frame.id)
    .title(frame.title)
    .description(frame.description)
    .datasource(DATASOURCE)
    .span(frame.width)
    .height(frame.height)
    .targets(frame.sql.map((sql, index) => target(String.fromCodePoint(65 + index), frame.format, sql)))
    .noValue('no data');
}

/** The trace waterfall: the SDK has no builder for it. */
export class TracesPanelBuilder extends dashboard.PanelBuilder {
  constructor() {
    super();
    this.type('traces');
  }
}

export const UID = { overview: 'tracelore-overview', runsAndTraces: 'tracelore-runs-traces' } as const;

/** Link from a cell of a table to the trace panel, keeping time range and filters. */
export function traceLink(): dashboard.DynamicConfigValue {
  return {
    id: 'links',
    value: [
      {
        title: 'Open trace',
        url: `/d/${UID.runsAndTraces}?\${__url_time_range}&\${__all_variables}&var-trace=\${__data.fields.trace_id}`,
      },
    ],
  };
}

export function unitOverride(unit: string): dashboard.DynamicConfigValue {
  return { id: 'unit', value: unit };
}

export function hiddenColumn(): dashboard.DynamicConfigValue {
  return { id: 'custom.hidden', value: true };
}
