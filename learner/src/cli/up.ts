import type { Command } from 'commander';
import { z } from 'zod';

const upOptions = z.object({
  host: z.string().optional(),
  port: z.string().optional(),
  otlpPort: z.string().optional(),
  grpcPort: z.string().optional(),
  tlsKey: z.string().optional(),
  tlsCert: z.string().optional(),
  tlsCa: z.string().optional(),
  data: z.string().optional(),
  clickhouseUrl: z.string().optional(),
  project: z.string().optional(),
  json: z.boolean().default(false),
});

/** `tracelore up`: collector, learner and API in this process until a signal ends it. */
export function addUpCommand(program: Command): void {
  program
    .command('up')
    .description('run collector, learner and API in one process')
    .option('--host <address>', 'TRACELORE_HOST, default 127.0.0.1')
    .option('--port <port>', 'port of the API; TRACELORE_PORT, default 4319; 0 = any free one')
    .option(
      '--otlp-port <port>',
      'port of OTLP over HTTP; TRACELORE_OTLP_PORT, default 4318; 0 = any free one',
    )
    .option('--grpc-port <port>', 'port of OTLP over gRPC, usually 4317; TRACELORE_GRPC_PORT, default none')
    .option('--tls-key <file>', 'private key (PEM), for TLS on every port; TRACELORE_TLS_KEY')
    .option('--tls-cert <file>', 'certificate (PEM); TRACELORE_TLS_CERT')
    .option('--tls-ca <file>', 'senders of OTLP need a certificate of this authority; TRACELORE_TLS_CA')
    .option('--data <directory>', 'embedded database; TRACELORE_DATA, default ./.tracelore/data')
    .option('--clickhouse-url <url>', 'a ClickHouse server instead; TRACELORE_CLICKHOUSE_URL')
    .action(async (_options: object, command: Command) => {
      const { json, ...settings } = upOptions.parse(command.optsWithGlobals());
      // Only this command needs the engine, the collector and the learner.
      const { runAllInOne } = await import('./all-in-one.ts');
      await runAllInOne({ settings, isJson: json });
    });
}
