import { METRICS, type Metric } from './metrics.ts';

/** A family of questions that need the same conventions, and its share of every task set. */
export interface Shape {
  readonly metrics: readonly [Metric, ...Metric[]];
  readonly fiscal: boolean;
  readonly branch: boolean;
  readonly share: number;
}

const TICKETS = metrics('tickets', 'hours', 'note', 'note');
const AREAS = metrics('customers', 'accounts', 'visitors', 'rating', 'weight', 'largest', 'invoices');
const BILLED = metrics('billed');

/** A quarter of the questions needs no convention, the others one to three; each convention is as common as any other. */
export const SHAPES: readonly Shape[] = [
  { metrics: TICKETS, fiscal: false, branch: false, share: 0.26 },

  ...AREAS.map((metric) => ({ metrics: [metric] as const, fiscal: false, branch: false, share: 0.05 })),
  { metrics: TICKETS, fiscal: true, branch: false, share: 0.035 },
  { metrics: TICKETS, fiscal: false, branch: true, share: 0.035 },

  { metrics: BILLED, fiscal: false, branch: false, share: 0.05 },
  { metrics: AREAS, fiscal: true, branch: false, share: 0.085 },
  { metrics: AREAS, fiscal: false, branch: true, share: 0.085 },
  { metrics: TICKETS, fiscal: true, branch: true, share: 0.02 },

  { metrics: AREAS, fiscal: true, branch: true, share: 0.05 },
  { metrics: BILLED, fiscal: true, branch: false, share: 0.015 },
  { metrics: BILLED, fiscal: false, branch: true, share: 0.015 },
];

function metrics(...names: readonly [string, ...string[]]): readonly [Metric, ...Metric[]] {
  const [first, ...others] = names.map(metricNamed);
  if (first === undefined) throw new Error('a shape has at least one metric');
  return [first, ...others];
}

function metricNamed(name: string): Metric {
  const found = METRICS.find((metric) => metric.name === name);
  if (found === undefined) throw new Error(`no metric is named ${name}`);
  return found;
}
