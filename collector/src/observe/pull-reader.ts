import { MetricReader } from '@opentelemetry/sdk-metrics';

/** Reads when it is asked to. Everything is cumulative, as Prometheus wants it. */
export class PullReader extends MetricReader {
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
}
