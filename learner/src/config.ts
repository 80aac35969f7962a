import type { Retention } from '@tracelore/collector/store';
import { flag, number, parseKeys, parseList, parseWebhooks, text, type Field } from './config-field.ts';
import { PROJECT_NAME } from './http/access.ts';
import { LearnerError } from './errors.ts';
import { MODEL_CALLS_PER_DAY } from './llm/daily-budget.ts';
import { parseRetention, RETENTION_EXPECTED } from './retention-config.ts';
import { parseRedaction, REDACTION_EXPECTED, type RedactionConfig } from './redaction-config.ts';

/** Everything the services can be told. See {@link FIELDS} for names, defaults and what is accepted. */
export interface Config {
  /** Address of both listeners. Anything but the loopback interface needs API keys. */
  readonly host: string;
  /** Port of the API; 0 = any free one. */
  readonly port: number;
  /** Port of OTLP over HTTP; 0 = any free one. */
  readonly otlpPort: number;
  /** Port of OTLP over gRPC; 0 = any free one, undefined = none. */
  readonly grpcPort: number | undefined;
  /** PEM files for TLS on every port; '' = plain. With `tlsCa` senders of OTLP need a certificate of that authority. */
  readonly tlsKey: string;
  readonly tlsCert: string;
  readonly tlsCa: string;
  /** Web pages that may send traces. */
  readonly corsOrigins: readonly string[];
  /** What each API key may send per second; 0 = no limit. */
  readonly rateBytesPerSecond: number;
  readonly rateRequestsPerSecond: number;
  /** Whether metrics are also sent by OTLP, to where the standard variables say. */
  readonly metricsPush: boolean;
  /** What is replaced before it is stored; false = nothing. */
  readonly redaction: RedactionConfig | false;
  /** How long traces are kept; of what nothing is said about, for ever. */
  readonly retentionDays: Retention;
  /** Project of requests that name none. */
  readonly project: string;
  /** Directory of the embedded database, when there is no `clickhouseUrl`. */
  readonly data: string;
  /** A ClickHouse server instead of the embedded database; user and password may stand in it. '' = embedded. */
  readonly clickhouseUrl: string;
  /** Keep the tables on all shards and replicas of this cluster of the server's; '' = on that server alone. */
  readonly clickhouseCluster: string;
  /** PEM files for TLS to the server: its authority, and this client's certificate; '' = what the system trusts, none. */
  readonly clickhouseCa: string;
  readonly clickhouseCert: string;
  readonly clickhouseKey: string;
  readonly database: string;
  /** Directory of backups of the embedded database; '' = `backups` in its directory. */
  readonly backups: string;
  /** What a stored row survives in the embedded database: the end of the process, or a loss of power too. */
  readonly durability: (typeof DURABILITIES)[number];
  /** Every word is indexed as it comes, exactly: costs about as much as storing does. */
  readonly textIndex: boolean;
  /** Directory in which traces wait that the database does not take; '' = none, senders are told to come again. */
  readonly spool: string;
  /** Most it may take. */
  readonly spoolBytes: number;
  /** Free space below which no traces are taken, on the disks of `data` and `spool`; 0 = not watched. */
  readonly diskReserveBytes: number;
  /** API key → project, `*` = all of them. Such a key may do everything there. */
  readonly apiKeys: ReadonlyMap<string, string>;
  /** How long the audit log is kept, days; 0 = for ever. */
  readonly auditDays: number;
  /** Share of units that never get knowledge: the yardstick of the whole. */
  readonly holdoutGlobal: number;
  /** Share of units a proven rule is withheld from: the yardstick of each rule. 0 = nothing is withheld, nothing measured. */
  readonly holdoutRule: number;
  /** Whether new rules go through canary, where half of the units do without them; false = `holdoutRule` from the start. */
  readonly stages: boolean;
  /** How long a unit waits for a final outcome before what is there counts, hours. */
  readonly outcomeWindowHours: number;
  /** Model of the analyzers; '' = none, then nothing is learned. */
  readonly model: string;
  /** Model of the judge; '' = the same as `model`. */
  readonly judgeModel: string;
  /** Most calls of both models per day (UTC). */
  readonly modelCallsPerDay: number;
  /** Most tokens of both models per day (UTC), in and out together; 0 = no limit. */
  readonly modelTokensPerDay: number;
  /** Most money for both models per day (UTC), by the price list; 0 = no limit. */
  readonly modelUsdPerDay: number;
  /** Model that embeds tasks and rules, on the same server; '' = the built-in table, offline. */
  readonly embeddingModel: string;
  /** Length of its vectors. */
  readonly embeddingDimensions: number;
  /** Key and address of an OpenAI-compatible server. '' = none, and OpenAI's own. */
  readonly openaiApiKey: string;
  readonly openaiBaseUrl: string;
  /** Validated rules wait for a person instead of going live. */
  readonly requireApproval: boolean;
  /** People it takes to pin a rule: 1 or 2. */
  readonly pinPersons: 1 | 2;
  /** Days after which a rule in force has to be proven again, unless it has an end of its own; 0 = never. */
  readonly ruleExpiryDays: number;
  /** Addresses that are told when somebody is needed. */
  readonly webhooks: readonly string[];
  /** Signs what they are told. */
  readonly webhookSecret: string;
  /** Whether they may be outside the public internet, and without TLS. */
  readonly webhookPrivate: boolean;
}

/** One source of settings. Values are strings from a command line or the environment, and any JSON from a file. */
export type ConfigSource = Readonly<Record<string, unknown>>;

export interface ConfigSources {
  /** Given by the caller, under the names of {@link Config}. Wins over all others. */
  readonly arguments?: ConfigSource;
  /** Usually `process.env`. Empty strings count as not given. */
  readonly environment?: ConfigSource;
  /** Content of the configuration file, under the names of {@link Config}. */
  readonly file?: ConfigSource;
}

const DEFAULT_MODEL = 'gpt-5-mini';
const DURABILITIES = ['process', 'power'] as const;

/** Keys, and addresses that often hold one: never shown. */
const SECRETS: ReadonlySet<keyof Config> = new Set(['apiKeys', 'openaiApiKey', 'webhooks', 'webhookSecret']);

/** A month: decisions are kept for six. */
const OUTCOME_WINDOW_HOURS_MAX = 720;

const FIELDS: { readonly [K in keyof Config]: Field<Config[K]> } = {
  host: text(['TRACELORE_HOST'], '127.0.0.1', 'a host name or address', /^[\w.:-]+$/),
  port: number(['TRACELORE_PORT'], 4319, 'a port from 0 to 65535', 65_535, Number.isInteger),
  otlpPort: number(['TRACELORE_OTLP_PORT'], 4318, 'a port from 0 to 65535', 65_535, Number.isInteger),
  grpcPort: {
    ...number(['TRACELORE_GRPC_PORT'], 0, 'a port from 0 to 65535', 65_535, Number.isInteger),
    fallback: undefined,
  },
  tlsKey: text(['TRACELORE_TLS_KEY'], '', 'a PEM file', /./),
  tlsCert: text(['TRACELORE_TLS_CERT'], '', 'a PEM file', /./),
  tlsCa: text(['TRACELORE_TLS_CA'], '', 'a PEM file', /./),
  corsOrigins: {
    environment: ['TRACELORE_CORS_ORIGINS'],
    expected: 'origins such as https://app.example.org, with commas between them',
    fallback: [],
    parse: parseList,
  },
  rateBytesPerSecond: number(['TRACELORE_RATE_BYTES_PER_SECOND'], 0, 'a number of bytes', 1e12),
  rateRequestsPerSecond: number(['TRACELORE_RATE_REQUESTS_PER_SECOND'], 0, 'a number of requests', 1e6),
  metricsPush: flag(['TRACELORE_METRICS_PUSH'], false),
  redaction: {
    environment: ['TRACELORE_REDACTION'],
    expected: REDACTION_EXPECTED,
    fallback: parseRedaction(true) ?? false,
    parse: parseRedaction,
  },
  retentionDays: {
    environment: ['TRACELORE_RETENTION_DAYS'],
    expected: RETENTION_EXPECTED,
    fallback: {},
    parse: parseRetention,
  },
  project: text(['TRACELORE_PROJECT'], 'default', '1 to 64 letters, digits, ".", "-" or "_"', PROJECT_NAME),
  data: text(['TRACELORE_DATA'], './.tracelore/data', 'a directory', /./),
  clickhouseUrl: text(
    ['TRACELORE_CLICKHOUSE_URL', 'CLICKHOUSE_URL'],
    '',
    'a URL that starts with http:// or https://',
    /^https?:\/\/\S+$/,
  ),
  clickhouseCluster: text(
    ['TRACELORE_CLICKHOUSE_CLUSTER'],
    '',
    'a name of letters, digits, "_" and "-"',
    /^[A-Za-z_][\w-]{0,63}$/,
  ),
  clickhouseCa: text(['TRACELORE_CLICKHOUSE_CA'], '', 'a PEM file', /./),
  clickhouseCert: text(['TRACELORE_CLICKHOUSE_CERT'], '', 'a PEM file', /./),
  clickhouseKey: text(['TRACELORE_CLICKHOUSE_KEY'], '', 'a PEM file', /./),
  database: text(
    ['TRACELORE_DATABASE'],
    'tracelore',
    'a name of letters, digits and "_"',
    /^[A-Za-z_]\w{0,63}$/,
  ),
  backups: text(['TRACELORE_BACKUPS'], '', 'a directory', /./),
  durability: {
    environment: ['TRACELORE_DURABILITY'],
    expected: 'process or power',
    fallback: 'process',
    parse: (given) => DURABILITIES.find((known) => known === given),
  },
  spool: text(['TRACELORE_SPOOL'], '', 'a directory', /./),
  spoolBytes: number(
    ['TRACELORE_SPOOL_BYTES'],
    1_073_741_824,
    'a whole number of bytes',
    1e15,
    Number.isInteger,
  ),
  diskReserveBytes: number(
    ['TRACELORE_DISK_RESERVE_BYTES'],
    536_870_912,
    'a whole number of bytes',
    1e15,
    Number.isInteger,
  ),
  apiKeys: {
    environment: ['TRACELORE_API_KEYS'],
    expected:
      'keys of at least 16 characters with their projects, as key=project,key=project; project * = all of them',
    fallback: new Map(),
    parse: parseKeys,
  },
  auditDays: number(['TRACELORE_AUDIT_DAYS'], 365, 'whole days from 0 to 36500', 36_500, Number.isInteger),
  holdoutGlobal: number(['TRACELORE_HOLDOUT_GLOBAL'], 0.01, 'a share from 0 to 0.5', 0.5),
  holdoutRule: number(['TRACELORE_HOLDOUT_RULE'], 0.1, 'a share from 0 to 0.5', 0.5),
  stages: flag(['TRACELORE_STAGES'], true),
  outcomeWindowHours: number(
    ['TRACELORE_OUTCOME_WINDOW_HOURS'],
    24,
    'hours from 0 to 720',
    OUTCOME_WINDOW_HOURS_MAX,
  ),
  model: text(['TRACELORE_MODEL'], DEFAULT_MODEL, 'the name of a model', /./),
  judgeModel: text(['TRACELORE_JUDGE_MODEL'], '', 'the name of a model', /./),
  modelCallsPerDay: number(
    ['TRACELORE_MODEL_CALLS_PER_DAY'],
    MODEL_CALLS_PER_DAY,
    'a whole number from 0 to 1000000000',
    1_000_000_000,
    Number.isInteger,
  ),
  modelTokensPerDay: number(
    ['TRACELORE_MODEL_TOKENS_PER_DAY'],
    0,
    'a whole number of tokens',
    1e15,
    Number.isInteger,
  ),
  modelUsdPerDay: number(['TRACELORE_MODEL_USD_PER_DAY'], 0, 'an amount in USD', 1e9),
  embeddingModel: text(['TRACELORE_EMBEDDING_MODEL'], '', 'the name of an embedding model', /./),
  embeddingDimensions: number(
    ['TRACELORE_EMBEDDING_DIMENSIONS'],
    512,
    'a whole number from 1 to 4096',
    4_096,
    (value) => Number.isInteger(value) && value > 0,
  ),
  openaiApiKey: text(['OPENAI_API_KEY'], '', 'a key', /^\S+$/),
  openaiBaseUrl: text(
    ['OPENAI_BASE_URL'],
    '',
    'a URL that starts with http:// or https://',
    /^https?:\/\/\S+$/,
  ),
  textIndex: flag(['TRACELORE_TEXT_INDEX'], false),
  requireApproval: flag(['TRACELORE_REQUIRE_APPROVAL'], false),
  pinPersons: {
    environment: ['TRACELORE_PIN_PERSONS'],
    expected: '1 or 2',
    fallback: 1,
    parse: (given) => ([1, 2] as const).find((persons) => String(given) === String(persons)),
  },
  ruleExpiryDays: number(['TRACELORE_RULE_EXPIRY_DAYS'], 0, 'days from 0 to 36500', 36_500),
  webhooks: {
    environment: ['TRACELORE_WEBHOOKS'],
    expected: 'URLs that start with https://, with commas between them (http:// with webhookPrivate)',
    fallback: [],
    parse: parseWebhooks,
  },
  webhookSecret: text(['TRACELORE_WEBHOOK_SECRET'], '', 'at least 16 characters without spaces', /^\S{16,}$/),
  webhookPrivate: flag(['TRACELORE_WEBHOOK_PRIVATE'], false),
};

/**
 * The configuration: argument, else environment, else file, else default. Pure. Refuses the whole with a
 * {@link LearnerError} `config_invalid` that names every problem: key, where it came from, value, what was expected.
 */
export function resolveConfig(sources: ConfigSources): Config {
  const problems = unknownKeys(sources.file, 'the configuration file');
  const read = <K extends keyof Config>(key: K): Config[K] => {
    const field = FIELDS[key];
    const given = find(key, field.environment, sources);
    if (given === undefined) return field.fallback;
    const value = field.parse(given.value);
    if (value !== undefined) return value;
    const shown = SECRETS.has(key) ? 'something else' : JSON.stringify(given.value);
    problems.push(`${key} (${given.from}): expected ${field.expected}, got ${shown}`);
    return field.fallback;
  };
  const config: Config = {
    host: read('host'),
    port: read('port'),
    otlpPort: read('otlpPort'),
    grpcPort: read('grpcPort'),
    tlsKey: read('tlsKey'),
    tlsCert: read('tlsCert'),
    tlsCa: read('tlsCa'),
    corsOrigins: read('corsOrigins'),
    rateBytesPerSecond: read('rateBytesPerSecond'),
    rateRequestsPerSecond: read('rateRequestsPerSecond'),
    metricsPush: read('metricsPush'),
    redaction: read('redaction'),
    retentionDays: read('retentionDays'),
    project: read('project'),
    data: read('data'),
    clickhouseUrl: read('clickhouseUrl'),
    clickhouseCluster: read('clickhouseCluster'),
    clickhouseCa: read('clickhouseCa'),
    clickhouseCert: read('clickhouseCert'),
    clickhouseKey: read('clickhouseKey'),
    database: read('database'),
    backups: read('backups'),
    durability: read('durability'),
    spool: read('spool'),
    spoolBytes: read('spoolBytes'),
    diskReserveBytes: read('diskReserveBytes'),
    apiKeys: read('apiKeys'),
    auditDays: read('auditDays'),
    holdoutGlobal: read('holdoutGlobal'),
    holdoutRule: read('holdoutRule'),
    stages: read('stages'),
    outcomeWindowHours: read('outcomeWindowHours'),
    model: read('model'),
    judgeModel: read('judgeModel'),
    modelCallsPerDay: read('modelCallsPerDay'),
    modelTokensPerDay: read('modelTokensPerDay'),
    modelUsdPerDay: read('modelUsdPerDay'),
    embeddingModel: read('embeddingModel'),
    embeddingDimensions: read('embeddingDimensions'),
    openaiApiKey: read('openaiApiKey'),
    openaiBaseUrl: read('openaiBaseUrl'),
    textIndex: read('textIndex'),
    requireApproval: read('requireApproval'),
    pinPersons: read('pinPersons'),
    ruleExpiryDays: read('ruleExpiryDays'),
    webhooks: read('webhooks'),
    webhookSecret: read('webhookSecret'),
    webhookPrivate: read('webhookPrivate'),
  };
  if (config.durability === 'power' && config.clickhouseUrl !== '') {
    problems.push(
      'durability: power is about the embedded database; on a server set fsync_after_insert and fsync_part_directory in its configuration',
    );
  }
  if ((config.tlsKey === '') !== (config.tlsCert === '') || (config.tlsCa !== '' && config.tlsKey === '')) {
    problems.push('tlsKey, tlsCert and tlsCa: expected tlsKey and tlsCert together, tlsCa only with them');
  }
  if (
    (config.clickhouseCert === '') !== (config.clickhouseKey === '') ||
    (config.clickhouseCert !== '' && config.clickhouseCa === '')
  ) {
    problems.push(
      'clickhouseCa, clickhouseCert and clickhouseKey: expected clickhouseCert and clickhouseKey together, and only with clickhouseCa',
    );
  }
  if (config.clickhouseUrl === '' && (config.clickhouseCluster !== '' || config.clickhouseCa !== '')) {
    problems.push('clickhouseCluster and clickhouseCa: expected only with clickhouseUrl');
  }
  if (config.webhooks.length > 0 && config.webhookSecret === '') {
    problems.push('webhooks: expected webhookSecret with them, which signs what they are told');
  }
  if (!config.webhookPrivate && config.webhooks.some((url) => !url.startsWith('https:'))) {
    problems.push('webhooks: expected URLs that start with https://; webhookPrivate allows http://');
  }
  if (config.port === config.otlpPort && config.port !== 0) {
    problems.push(`port and otlpPort: expected two different ports, got ${config.port} for both`);
  }
  if (problems.length > 0) {
    const list = problems.map((problem) => `\n  - ${problem}`).join('');
    throw new LearnerError('config_invalid', `The configuration has ${problems.length} problem(s):${list}`);
  }
  return config;
}

/** Whether a model can be called: a key, or a server of one's own, which may need none. */
export function modelConfigured(config: Pick<Config, 'model' | 'openaiApiKey' | 'openaiBaseUrl'>): boolean {
  return config.model !== '' && (config.openaiApiKey !== '' || config.openaiBaseUrl !== '');
}

function find(
  key: string,
  names: readonly string[],
  sources: ConfigSources,
): { readonly value: unknown; readonly from: string } | undefined {
  const argument = sources.arguments?.[key];
  if (argument !== undefined) return { value: argument, from: 'argument' };
  for (const name of names) {
    const value = sources.environment?.[name];
    if (value !== undefined && value !== '') return { value, from: name };
  }
  const value = sources.file?.[key];
  return value === undefined ? undefined : { value, from: 'configuration file' };
}

function unknownKeys(source: ConfigSource | undefined, from: string): string[] {
  return Object.keys(source ?? {})
    .filter((key) => !Object.hasOwn(FIELDS, key))
    .map((key) => `${key} (${from}): unknown; expected one of ${Object.keys(FIELDS).join(', ')}`);
}
