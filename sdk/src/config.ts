import type { Decoded } from './contract/decode.ts';

/** What `configure()` and `start()` take. Everything is optional; the environment variable is named beside each. */
export interface TraceloreOptions {
  /** Learner's API. `TRACELORE_API_URL`, default `http://127.0.0.1:4319`. */
  readonly apiUrl?: string;
  /** Base of the OTLP/HTTP receiver; `/v1/traces` is appended. `OTEL_EXPORTER_OTLP_ENDPOINT`, default `http://127.0.0.1:4318`. */
  readonly otlpEndpoint?: string;
  /** Sent with every export, besides those of `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_EXPORTER_OTLP_TRACES_HEADERS`. */
  readonly otlpHeaders?: Readonly<Record<string, string>>;
  /** One export request, ms. `OTEL_EXPORTER_OTLP_TIMEOUT`, default 10 000. */
  readonly otlpTimeoutMs?: number;
  /** `TRACELORE_PROJECT`: 1 to 64 of letters, digits, `.`, `_`, `-`. An API key's project need not be named. */
  readonly project?: string;
  /** `TRACELORE_API_KEY`; sent as a bearer token. */
  readonly apiKey?: string;
  /** `OTEL_SERVICE_NAME`. */
  readonly serviceName?: string;
  /** `deployment.environment.name`; `TRACELORE_ENVIRONMENT`. */
  readonly environment?: string;
  /** Further resource attributes. `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resourceAttributes?: Readonly<Record<string, string>>;
  /** Record inputs, outputs and outcome comments. `TRACELORE_CAPTURE_CONTENT`, default true. */
  readonly captureContent?: boolean;
  /** Replace secrets (keys, tokens, credentials in URLs) in what is sent. `TRACELORE_REDACT`, default true. */
  readonly redact?: boolean;
  /** Longest `getKnowledge` may take, ms. `TRACELORE_KNOWLEDGE_DEADLINE_MS`, default 300. */
  readonly knowledgeDeadlineMs?: number;
  /** Where spans wait that could not be delivered. `TRACELORE_SPOOL_DIR`, default `.tracelore/spool`. */
  readonly spoolDirectory?: string;
  /**
   * Told of every kind of fault, at most once a minute each. Default: OpenTelemetry's diagnostic logger, which is silent
   * unless the application sets one.
   */
  readonly report?: (message: string) => void;
  /** Switches everything off. `TRACELORE_DISABLED` or `OTEL_SDK_DISABLED`. */
  readonly disabled?: boolean;
}

export interface Config {
  readonly apiUrl: string;
  readonly tracesUrl: string;
  readonly otlpHeaders: Readonly<Record<string, string>>;
  readonly otlpTimeoutMs: number;
  readonly otlpCompression: Compression;
  readonly otlpCertificates: CertificateFiles;
  readonly project: string;
  readonly apiKey: string;
  readonly serviceName: string;
  readonly environment: string;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly captureContent: boolean;
  readonly redact: boolean;
  readonly knowledgeDeadlineMs: number;
  readonly spoolDirectory: string;
  readonly disabled: boolean;
}

const COMPRESSIONS = ['none', 'gzip'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** Paths of PEM files for exports over https, as `OTEL_EXPORTER_OTLP_*` gives them; `''`: none. */
export interface CertificateFiles {
  /** Whom to trust. `CERTIFICATE`. */
  readonly ca: string;
  /** Who we are. `CLIENT_CERTIFICATE` and `CLIENT_KEY`. */
  readonly cert: string;
  readonly key: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const KNOWLEDGE_DEADLINE_DEFAULT_MS = 300;
const KNOWLEDGE_DEADLINE_MAX_MS = 60_000;
const OTLP_TIMEOUT_DEFAULT_MS = 10_000;
const OTLP_TIMEOUT_MAX_MS = 600_000;

/**
 * Argument → environment → default. Pure. Every problem is listed with the key, what was expected and what came; a
 * configuration with a problem is refused whole.
 */
export function resolveConfig(options: TraceloreOptions, env: Environment): Decoded<Config> {
  const read = new Reader(env);
  const config: Config = {
    apiUrl: read.url('apiUrl', options.apiUrl, 'TRACELORE_API_URL', 'http://127.0.0.1:4319'),
    tracesUrl: read.tracesUrl(options.otlpEndpoint),
    otlpHeaders: {
      ...read.pairs('OTEL_EXPORTER_OTLP_HEADERS'),
      ...read.pairs('OTEL_EXPORTER_OTLP_TRACES_HEADERS'),
      ...options.otlpHeaders,
    },
    otlpTimeoutMs: read.integer(
      'otlpTimeoutMs',
      options.otlpTimeoutMs,
      read.otlp('TIMEOUT'),
      OTLP_TIMEOUT_DEFAULT_MS,
      OTLP_TIMEOUT_MAX_MS,
    ),
    otlpCompression: read.oneOf(read.otlp('COMPRESSION'), COMPRESSIONS),
    otlpCertificates: {
      ca: read.text('', undefined, read.otlp('CERTIFICATE')),
      cert: read.text('', undefined, read.otlp('CLIENT_CERTIFICATE')),
      key: read.text('', undefined, read.otlp('CLIENT_KEY')),
    },
    project: read.project(options.project),
    apiKey: read.token('apiKey', options.apiKey, 'TRACELORE_API_KEY'),
    serviceName: read.text('serviceName', options.serviceName, 'OTEL_SERVICE_NAME'),
    environment: read.text('environment', options.environment, 'TRACELORE_ENVIRONMENT'),
    resourceAttributes: { ...read.pairs('OTEL_RESOURCE_ATTRIBUTES'), ...options.resourceAttributes },
    captureContent: read.flag('captureContent', options.captureContent, 'TRACELORE_CAPTURE_CONTENT', true),
    redact: read.flag('redact', options.redact, 'TRACELORE_REDACT', true),
    knowledgeDeadlineMs: read.integer(
      'knowledgeDeadlineMs',
      options.knowledgeDeadlineMs,
      'TRACELORE_KNOWLEDGE_DEADLINE_MS',
      KNOWLEDGE_DEADLINE_DEFAULT_MS,
      KNOWLEDGE_DEADLINE_MAX_MS,
    ),
    spoolDirectory:
      read.text('spoolDirectory', options.spoolDirectory, 'TRACELORE_SPOOL_DIR') || '.tracelore/spool',
    disabled:
      read.flag('disabled', options.disabled, 'TRACELORE_DISABLED', false) ||
      read.flag('disabled', undefined, 'OTEL_SDK_DISABLED', false),
  };
  return read.problems.length === 0 ? { ok: true, value: config } : { ok: false, problems: read.problems };
}

/** Reads one key from the argument or the environment and notes what is wrong with it. */
class Reader {
  readonly problems: string[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  #refuse(source: string, expected: string, got: unknown): void {
    this.problems.push(`${source}: expected ${expected}, got ${JSON.stringify(got) ?? String(got)}`);
  }

  /** The OpenTelemetry rule: an empty variable counts as unset. */
  #variable(name: string): string | undefined {
    const value = this.#env[name]?.trim();
    return value === '' ? undefined : value;
  }

  /** Name of the variable that holds a setting of the exporter: the traces' own wins over the one for all signals. */
  otlp(setting: string): string {
    const own = `OTEL_EXPORTER_OTLP_TRACES_${setting}`;
    return this.#variable(own) === undefined ? `OTEL_EXPORTER_OTLP_${setting}` : own;
  }

  /** One of a few words; the first is the default. */
  oneOf<T extends string>(variable: string, words: readonly [T, ...T[]]): T {
    const value = this.#variable(variable);
    const found = value === undefined ? words[0] : words.find((word) => word === value);
    if (found === undefined) this.#refuse(variable, words.join(' or '), value);
    return found ?? words[0];
  }

  text(key: string, option: unknown, variable: string): string {
    const value = option ?? this.#variable(variable) ?? '';
    if (typeof value === 'string') return value;
    this.#refuse(key, 'a string', value);
    return '';
  }

  project(option: unknown): string {
    const value = this.text('project', option, 'TRACELORE_PROJECT');
    if (value === '' || /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u.test(value)) return value;
    const source = option === undefined ? 'TRACELORE_PROJECT' : 'project';
    this.#refuse(source, "1 to 64 of letters, digits, '.', '_' and '-'", value);
    return '';
  }

  /** Goes into a header: a line break in it would be a second header. The value is a secret and is not shown. */
  token(key: string, option: unknown, variable: string): string {
    const value = option ?? this.#variable(variable) ?? '';
    if (typeof value === 'string' && /^[\x21-\x7e]*$/u.test(value)) return value;
    this.problems.push(`${option === undefined ? variable : key}: expected printable ASCII without spaces`);
    return '';
  }

  flag(key: string, option: unknown, variable: string, fallback: boolean): boolean {
    if (typeof option === 'boolean') return option;
    if (option !== undefined) this.#refuse(key, 'true or false', option);
    const value = this.#variable(variable)?.toLowerCase();
    if (value === undefined) return fallback;
    if (value === 'true' || value === '1') return true;
    if (value === 'false' || value === '0') return false;
    this.#refuse(variable, 'true or false', value);
    return fallback;
  }

  integer(key: string, option: unknown, variable: string, fallback: number, max: number): number {
    const text = this.#variable(variable);
    if (option === undefined && text === undefined) return fallback;
    const value = option ?? Number(text);
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max) return value;
    this.#refuse(option === undefined ? variable : key, `an integer from 1 to ${max}`, option ?? text);
    return fallback;
  }

  url(key: string, option: unknown, variable: string, fallback: string): string {
    const value = option ?? this.#variable(variable) ?? fallback;
    const source = option === undefined ? variable : key;
    if (typeof value === 'string' && URL.canParse(value)) {
      const url = new URL(value);
      if (url.protocol === 'http:' || url.protocol === 'https:') return url.href.replace(/\/+$/u, '');
    }
    this.#refuse(source, 'an http(s) URL', value);
    return fallback;
  }

  tracesUrl(option: unknown): string {
    const exact = this.#variable('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
    if (option === undefined && exact !== undefined) {
      return this.url('', undefined, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', exact);
    }
    const variable = 'OTEL_EXPORTER_OTLP_ENDPOINT';
    return `${this.url('otlpEndpoint', option, variable, 'http://127.0.0.1:4318')}/v1/traces`;
  }

  /** `key=value,key=value` with percent-encoded values (W3C baggage form, as OpenTelemetry defines these variables). */
  pairs(variable: string): Record<string, string> {
    const pairs: Record<string, string> = {};
    for (const part of (this.#variable(variable) ?? '').split(',')) {
      if (part.trim() === '') continue;
      const at = part.indexOf('=');
      const name = part.slice(0, at).trim();
      if (at <= 0 || name === '') {
        // Header values are secrets: only the name of the variable is shown.
        this.problems.push(`${variable}: expected key=value pairs separated by commas`);
        continue;
      }
      try {
        pairs[name] = decodeURIComponent(part.slice(at + 1).trim());
      } catch {
        this.problems.push(`${variable}: the value of ${name} is not valid percent-encoding`);
      }
    }
    return pairs;
  }
}
