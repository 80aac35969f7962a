import type { Meter } from '@opentelemetry/api';

/** Where metrics are registered and read; `createObservatory` of the collector's package makes one. */
export interface Observe {
  readonly meter: Meter;
  /** Of what {@link render} gives. */
  readonly contentType: string;
  render(): Promise<string>;
}
