import path from 'node:path';
import type { CollectorConfig } from '@tracelore/collector';
import type { Config } from '../config.ts';

/** What of the configuration is about receiving, in the collector's words. */
export function collectorSettings(config: Config): Omit<CollectorConfig, 'store'> {
  const { tlsKey, tlsCert, tlsCa, rateBytesPerSecond, rateRequestsPerSecond } = config;
  return {
    host: config.host,
    port: config.otlpPort,
    grpcPort: config.grpcPort ?? false,
    tls: tlsKey !== '' && { keyFile: tlsKey, certFile: tlsCert, ...(tlsCa !== '' && { caFile: tlsCa }) },
    project: config.project,
    apiKeys: [...config.apiKeys].map(([key, project]) => ({ key, project })),
    corsOrigins: config.corsOrigins,
    rateLimit: {
      ...(rateBytesPerSecond > 0 && { bytesPerSecond: rateBytesPerSecond }),
      ...(rateRequestsPerSecond > 0 && { requestsPerSecond: rateRequestsPerSecond }),
    },
    redaction: config.redaction,
    spool: config.spool !== '' && { directory: path.resolve(config.spool), bytesMax: config.spoolBytes },
    diskGuard: config.diskReserveBytes > 0 && {
      directories: config.clickhouseUrl === '' ? [path.resolve(config.data)] : [],
      reserveBytes: config.diskReserveBytes,
    },
  };
}
