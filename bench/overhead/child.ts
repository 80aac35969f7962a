import { context, trace as otel } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { flush, trace } from '@tracelore/sdk';
import { start } from '@tracelore/sdk/node';

/** One variant, measured in a process of its own: `none`, `otel` (written by hand, the same attributes) or `tracelore`. */
const [variant = 'none', endpoint = '', rounds = '10', calls = '2000'] = process.argv.slice(2);
const INPUT = 'q'.repeat(1_000);
const OUTPUT = 'a'.repeat(2_000);

async function agent(question: string): Promise<string> {
  await Promise.resolve();
  return question.length > 0 ? OUTPUT : '';
}

const { call, drain } = prepare();
const perCall: number[] = [];
const cpuPerCall: number[] = [];
for (let round = 0; round < Number(rounds) + 2; round += 1) {
  const cpu = process.cpuUsage();
  const started = performance.now();
  for (let index = 0; index < Number(calls); index += 1) await call(INPUT);
  const elapsed = performance.now() - started;
  await drain();
  const used = process.cpuUsage(cpu);
  if (round < 2) continue; // warm-up
  perCall.push((elapsed * 1_000) / Number(calls));
  cpuPerCall.push((used.user + used.system) / Number(calls));
}
process.send?.({ perCall, cpuPerCall });
process.disconnect();

function prepare(): { call: (question: string) => Promise<string>; drain: () => Promise<unknown> } {
  if (variant === 'tracelore') {
    start({ serviceName: 'bench', otlpEndpoint: endpoint });
    return { call: trace('agent', agent), drain: () => flush() };
  }
  if (variant === 'otel') {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const processor = new BatchSpanProcessor({
      exporter: new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }),
      maxQueueSize: 1_000_000,
    });
    otel.setGlobalTracerProvider(
      new TracerProvider({ spanProcessors: [processor], sampler: new AlwaysOnSampler() }),
    );
    const tracer = otel.getTracer('bench');
    return {
      call: (question) =>
        tracer.startActiveSpan('agent', async (span) => {
          span.setAttributes({
            'gen_ai.operation.name': 'invoke_agent',
            'gen_ai.agent.name': 'agent',
            'input.value': question,
          });
          const answer = await agent(question);
          span.setAttribute('output.value', answer);
          span.end();
          return answer;
        }),
      drain: () => processor.forceFlush(),
    };
  }
  return { call: agent, drain: async () => {} };
}
