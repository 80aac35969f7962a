import { z } from 'zod';
import { PROJECT_HEADER } from '../http/access.ts';
import { CliError } from './cli-error.ts';

/** Longest wait for one answer, ms. Long work is polled, never waited for in one request. */
const ANSWER_TIMEOUT_MS = 60_000;

export interface ApiClientOptions {
  readonly url: string;
  readonly project: string | undefined;
  readonly apiKey: string | undefined;
}

const problemBody = z.object({
  detail: z.string(),
  errors: z.array(z.string()).optional(),
});

/** Speaks to the running service. Every failure is a {@link CliError} that says what to do. */
export class ApiClient {
  readonly url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ url, project, apiKey }: ApiClientOptions) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new CliError(`--url: expected an address like http://127.0.0.1:4319, got "${url}".`);
    }
    this.url = url.replace(/\/+$/, '');
    this.#headers = {
      accept: 'application/json',
      ...(project === undefined ? {} : { [PROJECT_HEADER]: project }),
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    };
  }

  get<T>(path: string, schema: z.ZodType<T>, query: Query = {}): Promise<T> {
    return this.#ask(`${path}${searchOf(query)}`, { method: 'GET', headers: this.#headers }, schema);
  }

  post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    const headers = { ...this.#headers, 'content-type': 'application/json' };
    return this.#ask(path, { method: 'POST', headers, body: JSON.stringify(body) }, schema);
  }

  /** The bytes of an answer of any length, as they come. */
  async *bytes(
    path: string,
    query: Readonly<Record<string, string | undefined>> = {},
  ): AsyncGenerator<Uint8Array> {
    const target = `${path}${searchOf(query)}`;
    const response = await this.#fetch(target, { headers: this.#headers });
    if (!response.ok) throw this.#refused(target, response, await response.text());
    try {
      yield* response.body ?? [];
    } catch (error) {
      throw new CliError(`${this.url} broke off its answer (${reasonOf(error)}): what came is not whole.`, {
        cause: error,
      });
    }
  }

  #refused(path: string, response: Response, text: string): CliError {
    const known = problemBody.safeParse(parseJson(text));
    return new CliError(
      known.success
        ? known.data.detail
        : `${this.url}${path} answered ${response.status}: expected an answer of Tracelore, got ${JSON.stringify(text.slice(0, 200))}. Is --url right?`,
    );
  }

  async #ask<T>(path: string, init: RequestInit, schema: z.ZodType<T>): Promise<T> {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const response = await this.#fetch(path, { ...init, signal });
    const text = await response.text().catch((error: unknown) => {
      throw this.#unanswered(error);
    });
    if (!response.ok) throw this.#refused(path, response, text);
    const decoded = schema.safeParse(parseJson(text));
    if (decoded.success) return decoded.data;
    throw new CliError(
      `${this.url}${path} answered something this version does not understand: ${z.prettifyError(decoded.error)}. Do the command and the service have the same version?`,
    );
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(`${this.url}${path}`, init);
    } catch (error) {
      throw this.#unanswered(error);
    }
  }

  #unanswered(error: unknown): CliError {
    if (error instanceof Error && error.name === 'TimeoutError')
      return new CliError(`${this.url} did not answer within ${ANSWER_TIMEOUT_MS / 1_000} s.`, {
        cause: error,
      });
    return new CliError(
      `No service answers at ${this.url} (${reasonOf(error)}). Start one with "tracelore up", or name another with --url or TRACELORE_API_URL.`,
      { cause: error },
    );
  }
}

/** Parameters by name; a list is a parameter given several times. */
type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

function searchOf(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of value === undefined ? [] : [value].flat()) search.append(name, one);
  }
  return search.size === 0 ? '' : `?${search.toString()}`;
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** What Node says of a certificate whose authority it does not know. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** fetch hides the reason in `cause`. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string')
    return UNTRUSTED.has(cause.code)
      ? `${cause.code}: its certificate is of an authority that is not known here; name the authority's file in NODE_EXTRA_CA_CERTS`
      : cause.code;
  return error instanceof Error ? error.message : String(error);
}
