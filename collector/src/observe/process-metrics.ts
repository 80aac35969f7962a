import type { Meter } from '@opentelemetry/api';
import { EventLoopWatch } from './event-loop-delay.ts';

/** Registers what the process takes. Call the result at the end. */
export function observeProcess(meter: Meter): () => void {
  const watch = new EventLoopWatch();
  meter
    .createObservableGauge('process_uptime_seconds', { description: 'Since the start of the process.' })
    .addCallback((result) => result.observe(process.uptime()));
  meter
    .createObservableGauge('process_resident_memory_bytes', { description: 'Memory of the process.' })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
  meter
    .createObservableGauge('process_heap_bytes', { description: 'JavaScript objects among it.' })
    .addCallback((result) => result.observe(process.memoryUsage().heapUsed));
  meter
    .createObservableCounter('process_cpu_seconds', { description: 'Processor time of the process.' })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe((user + system) / 1e6);
    });
  meter
    .createObservableGauge('tracelore_event_loop_delay_seconds', {
      description: 'How long work kept everything else waiting, in the last 30 to 60 seconds, by quantile.',
    })
    .addCallback((result) => {
      const { p50, p99, max } = watch.delay;
      result.observe(p50, { quantile: '0.5' });
      result.observe(p99, { quantile: '0.99' });
      result.observe(max, { quantile: '1' });
    });
  return () => watch.stop();
}
