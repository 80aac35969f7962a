import type { Meter } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { PullReader } from './pull-reader.ts';
import { serviceResource } from './service-resource.ts';

/** How often metrics are sent when they are sent, ms. */
const PUSH_INTERVAL_MS = 60_000;
/** Time to collect what is asked for at that moment (the engine's own figures), ms. */
const COLLECT_TIMEOUT_MS = 5_000;

export interface ObservatoryOptions {
  readonly serviceName: string;
  readonly serviceVersion: string;
  /**
   * Sends the metrics by OTLP/HTTP too, once a minute. The address and all else come from the standard variables
   * (`OTEL_EXPORTER_OTLP_METRICS_ENDPOINT`, `OTEL_EXPORTER_OTLP_ENDPOINT`, …). Default: false.
   */
  readonly push?: boolean;
}

/** Where the parts of a service register what they measure, and where it is read. */
export interface Observatory {
  readonly meter: Meter;
  /** Of what {@link render} gives. */
  readonly contentType: string;
  /** The text format of Prometheus. Rejects when a value cannot be read in time. */
  render(): Promise<string>;
  /** Sends what was not sent yet, if it is sent at all. */
  shutdown(): Promise<void>;
}

/** The text format of Prometheus, version 0.0.4. */
const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function createObservatory({
  serviceName,
  serviceVersion,
  push = false,
}: ObservatoryOptions): Observatory {
  const reader = new PullReader();
  const sender = push
    ? new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(),
        exportIntervalMillis: PUSH_INTERVAL_MS,
      })
    : undefined;
  const provider = new MeterProvider({
    resource: serviceResource({ 'service.name': serviceName, 'service.version': serviceVersion }),
    readers: sender === undefined ? [reader] : [reader, sender],
  });
  // Neither resource nor scope as labels: one service, one scope, and Prometheus knows the target.
  const serializer = new PrometheusSerializer('', false, undefined, true, true);
  return {
    meter: provider.getMeter(serviceName, serviceVersion),
    contentType: PROMETHEUS_TYPE,
    render: async () => {
      const { resourceMetrics } = await reader.collect({ timeoutMillis: COLLECT_TIMEOUT_MS });
      return serializer.serialize(resourceMetrics);
    },
    shutdown: () => provider.shutdown(),
  };
}
