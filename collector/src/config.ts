import { createNoopMeter, type Meter } from '@opentelemetry/api';
import { ANSWER_WITHIN_MS } from './commit/answer-deadline.ts';
import { CollectorError } from './errors.ts';
import { BODY_BYTES_MAX } from './limits.ts';
import { DEFAULT_PROJECT, isProject } from './project.ts';
import type { DiskGuardOptions } from './readiness/disk-guard.ts';
import type { RateLimit } from './receiver/rate-limit.ts';
import type { TlsOptions } from './receiver/tls.ts';
import { redactionProblems, type RedactionOptions } from './redact/redaction-options.ts';
import type { BatchWriter, RunWriter } from './store/store.ts';
import type { ApiKey } from './tenancy/api-key.ts';
import { KeyRing } from './tenancy/key-ring.ts';
import { ALL_PROJECTS } from './tenancy/scope.ts';

/** What the collector needs of a store. */
export type CollectorStore = BatchWriter & RunWriter;

export interface CollectorConfig {
  /** Stays the caller's: `shutdown` does not close it. */
  readonly store: CollectorStore;
  /** Default `127.0.0.1`. Any other than a loopback address needs `apiKeys`. */
  readonly host?: string;
  /** Default 4318; 0 takes a free one. */
  readonly port?: number;
  /** OTLP over gRPC, usually 4317; 0 takes a free port. Needs the package `@grpc/grpc-js`. Default `false`: none. */
  readonly grpcPort?: number | false;
  /** TLS, for both receivers. Default `false`: plain. */
  readonly tls?: TlsOptions | false;
  /** Project of what names none and comes without a key of one project. Default `default`. */
  readonly project?: string;
  /** Project `*` = all: then each request names its own. Default: none, everyone on this machine may send. */
  readonly apiKeys?: readonly ApiKey[];
  /** Keys that change while the collector runs, for example those of a database. Default: `apiKeys` alone. */
  readonly keys?: KeyRing;
  /** Accepted in front of `/v1/traces` and `/v1/logs`. Default: none, and `/api/public/otel` (Langfuse's SDK). */
  readonly pathPrefixes?: readonly string[];
  /** What each API key may send; above it: 429. Default: no limit. */
  readonly rateLimit?: RateLimit;
  /** Origins of web pages that may send (`https://app.example.org`); `*` = all. Default: none. */
  readonly corsOrigins?: readonly string[];
  /** Connections at a time, on each port. Default 2 048. More are closed at once. */
  readonly connectionsMax?: number;
  /** Of them from one address. Default 1 024. */
  readonly connectionsPerAddressMax?: number;
  /** Time for a request to arrive, ms. Default 60 000. */
  readonly requestTimeoutMs?: number;
  /** Largest body before and after inflation, bytes. Default 64 MiB. */
  readonly bodyBytesMax?: number;
  /** Bodies that may wait in memory at a time, bytes. Default 128 MiB; decoded they take several times that. Above it: 503. */
  readonly bytesWaitingMax?: number;
  /** Longest a sender waits for its commit, ms; then 503. Default 8 000. */
  readonly answerWithinMs?: number;
  /**
   * Keeps on disk what the store does not take, and answers 200 for it; it is stored when the store is back, also by the
   * next process on this directory. Takes at most `bytesMax`, default 1 GiB. Default `false`: 503 instead.
   */
  readonly spool?: { readonly directory: string; readonly bytesMax?: number } | false;
  /** Directories on whose disks `reserveBytes` are kept free: below it 503. The spool's is added. Default: none. */
  readonly diskGuard?: DiskGuardOptions | false;
  /** Commits under a steady trickle are this far apart, ms. Default 1 000. */
  readonly commitIntervalMs?: number;
  /** A run is recomputed this long after its last span, ms. Default 10 000. */
  readonly runQuietMs?: number;
  /** What is replaced before it is stored. Default: secrets and payment card numbers; `false` stores everything as it comes. */
  readonly redaction?: RedactionOptions | false;
  /** Where the collector registers what it measures: of {@link createObservatory}, or of any provider. Default: nowhere. */
  readonly meter?: Meter;
  /** Told about failures that are no sender's fault. Default: a line on stderr. */
  readonly onError?: (error: unknown) => void;
}

export type ResolvedCollectorConfig = Required<CollectorConfig>;

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);
const BYTES_WAITING_MAX = 134_217_728;
const API_KEY_CHARACTERS_MIN = 16;
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/\s]+$/;

/** Fills in defaults and checks the whole; throws one {@link CollectorError} that names every problem. */
export function resolveConfig(config: CollectorConfig): ResolvedCollectorConfig {
  const resolved: ResolvedCollectorConfig = {
    store: config.store,
    host: config.host ?? '127.0.0.1',
    port: config.port ?? 4318,
    grpcPort: config.grpcPort ?? false,
    tls: config.tls ?? false,
    project: config.project ?? DEFAULT_PROJECT,
    apiKeys: config.apiKeys ?? [],
    keys: config.keys ?? new KeyRing(config.apiKeys ?? []),
    rateLimit: config.rateLimit ?? {},
    corsOrigins: config.corsOrigins ?? [],
    connectionsMax: config.connectionsMax ?? 2_048,
    connectionsPerAddressMax: config.connectionsPerAddressMax ?? 1_024,
    requestTimeoutMs: config.requestTimeoutMs ?? 60_000,
    pathPrefixes: config.pathPrefixes ?? ['', '/api/public/otel'],
    bodyBytesMax: config.bodyBytesMax ?? BODY_BYTES_MAX,
    bytesWaitingMax: config.bytesWaitingMax ?? BYTES_WAITING_MAX,
    answerWithinMs: config.answerWithinMs ?? ANSWER_WITHIN_MS,
    spool: config.spool ?? false,
    diskGuard: config.diskGuard ?? false,
    commitIntervalMs: config.commitIntervalMs ?? 1_000,
    runQuietMs: config.runQuietMs ?? 10_000,
    redaction: config.redaction ?? {},
    meter: config.meter ?? createNoopMeter(),
    onError: config.onError ?? ((error) => console.error('collector:', error)),
  };
  const problems = problemsOf(resolved);
  if (problems.length > 0)
    throw new CollectorError('invalid_config', `collector configuration: ${problems.join('; ')}`);
  return resolved;
}

function problemsOf(config: ResolvedCollectorConfig): string[] {
  const problems: string[] = [];
  const within = (name: NumberSetting, min: number, max: number): void => {
    const value = config[name];
    if (value === false) return;
    if (!Number.isSafeInteger(value) || value < min || value > max)
      problems.push(`${name} is ${String(value)}: expected an integer from ${min} to ${max}`);
  };
  within('port', 0, 65_535);
  within('grpcPort', 0, 65_535);
  within('connectionsMax', 1, 1_000_000);
  within('connectionsPerAddressMax', 1, 1_000_000);
  within('requestTimeoutMs', 10, 3_600_000);
  within('bodyBytesMax', 1_024, 1_073_741_824);
  within('bytesWaitingMax', 1_024, 68_719_476_736);
  within('answerWithinMs', 1, 3_600_000);
  within('commitIntervalMs', 0, 5_000);
  within('runQuietMs', 0, 3_600_000);
  if (!isProject(config.project))
    problems.push(
      `project is ${JSON.stringify(config.project)}: expected 1 to 64 of letters, digits, '.', '_' and '-'`,
    );
  if (config.bytesWaitingMax < config.bodyBytesMax)
    problems.push(
      `bytesWaitingMax is ${config.bytesWaitingMax}: expected at least bodyBytesMax (${config.bodyBytesMax})`,
    );
  if (!LOOPBACK.has(config.host) && config.apiKeys.length === 0 && !config.keys.isRequired)
    problems.push(`host is ${config.host} without apiKeys: bind to 127.0.0.1 or require a key`);
  for (const [index, { key, project }] of config.apiKeys.entries()) {
    if (key.length < API_KEY_CHARACTERS_MIN)
      problems.push(
        `apiKeys[${index}].key has ${key.length} characters: expected at least ${API_KEY_CHARACTERS_MIN}`,
      );
    if (project !== ALL_PROJECTS && !isProject(project))
      problems.push(
        `apiKeys[${index}].project is ${JSON.stringify(project)}: expected 1 to 64 of letters, digits, '.', '_' and '-', or *`,
      );
  }
  if (new Set(config.apiKeys.map(({ key }) => key)).size < config.apiKeys.length)
    problems.push('apiKeys: the same key twice');
  for (const prefix of config.pathPrefixes)
    if (prefix !== '' && (!prefix.startsWith('/') || prefix.endsWith('/')))
      problems.push(`pathPrefixes: ${JSON.stringify(prefix)}: expected '' or a path such as /otel`);
  if (config.grpcPort !== false && config.grpcPort !== 0 && config.grpcPort === config.port)
    problems.push(`grpcPort is ${config.grpcPort}, as port is: expected two different ones`);
  for (const [name, rate] of Object.entries(config.rateLimit))
    if (typeof rate !== 'number' || !(rate > 0))
      problems.push(`rateLimit.${name} is ${String(rate)}: expected a number above 0`);
  for (const origin of config.corsOrigins)
    if (origin !== '*' && !ORIGIN.test(origin))
      problems.push(
        `corsOrigins: ${JSON.stringify(origin)}: expected * or an origin such as https://app.example.org`,
      );
  if (config.redaction !== false)
    problems.push(...redactionProblems(config.redaction).map((problem) => `redaction: ${problem}`));
  return problems;
}

type NumberSetting =
  | 'port'
  | 'grpcPort'
  | 'connectionsMax'
  | 'connectionsPerAddressMax'
  | 'requestTimeoutMs'
  | 'bodyBytesMax'
  | 'bytesWaitingMax'
  | 'answerWithinMs'
  | 'commitIntervalMs'
  | 'runQuietMs';
