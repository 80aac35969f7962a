import { KeyRefusal, type AuditEntry } from '@tracelore/collector/store';
import { z } from 'zod';
import type { Access, Caller } from './access.ts';
import { permissionOf } from './permissions.ts';
import { problem } from './problem.ts';
import { BODY_BYTES_MAX, readBody } from './read-body.ts';
import type { RedactBody, Redacts } from './redact-body.ts';
import type { TextAnswer } from './text-answer.ts';

/** A request after its parts were checked. */
export interface Call<Body, Query> {
  readonly project: string;
  readonly body: Body;
  readonly query: Query;
  /** Value of `{name}` in the path; '' when the path has none of that name. */
  readonly parameter: (name: string) => string;
  readonly headers: Headers;
  readonly caller: Caller;
  /** Says for the audit log what the request is about, when that is not the first parameter of its path. No personal data. */
  readonly about: (subject: Partial<Pick<AuditEntry, 'project' | 'object' | 'detail'>>) => void;
  /** Fires when the client is gone. */
  readonly signal: AbortSignal;
}

/** For endpoints without a body, and without query parameters other than `project`. */
export const NO_BODY: z.ZodType<undefined> = z.undefined();
export const NO_QUERY: z.ZodType<object> = z.strictObject({});

/** Longest value that an answer repeats, characters. */
const SHOWN_CHARACTERS_MAX = 80;

export interface EndpointSpec<Body, Query> {
  readonly method: 'GET' | 'POST';
  /** With parameters as `{name}`. */
  readonly path: string;
  /** One line for the OpenAPI document. */
  readonly summary: string;
  readonly body: z.ZodType<Body>;
  readonly query: z.ZodType<Query>;
  /** Texts of the body from which secrets are taken before anything sees them. Default: none, since nothing of it is stored or its words count. */
  readonly redacts?: Redacts;
  /** Status of the good answer, for the document. Default 200. */
  readonly status?: number;
  answer(call: Call<Body, Query>): Response | TextAnswer | Promise<Response | TextAnswer>;
}

/** What stands between a request and its endpoint. */
export interface Gate {
  readonly access: Access;
  readonly caller: Caller;
  readonly redact: RedactBody;
  /** Writes down who did what. Never rejects. */
  readonly record: (entry: AuditEntry) => Promise<void>;
}

/** One operation of the API, ready to be mounted and to be documented. */
export interface Endpoint {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly summary: string;
  readonly status: number;
  readonly body: z.ZodType;
  readonly query: z.ZodType;
  handle(
    request: Request,
    parameters: Readonly<Record<string, string>>,
    gate: Gate,
  ): Promise<Response | TextAnswer>;
}

/** Puts checking in front of an answer: what it is given has the declared shape and belongs to one project. */
export function endpoint<Body, Query>(spec: EndpointSpec<Body, Query>): Endpoint {
  return {
    method: spec.method,
    path: spec.path,
    summary: spec.summary,
    status: spec.status ?? 200,
    body: spec.body,
    query: spec.query,
    async handle(request, parameters, gate) {
      const { access, caller } = gate;
      const { scope, audit, service } = permissionOf(spec.method, spec.path);
      const trail = {
        project: caller.principal?.project ?? '*',
        object: Object.values(parameters)[0] ?? '',
        detail: '',
      };
      const note = async (actor: string, result: AuditEntry['result']): Promise<void> => {
        if (audit === undefined) return;
        const { principal, address } = caller;
        const keyId = principal?.keyId ?? '';
        await gate.record({ action: audit, ...trail, result, keyId, actor, address });
      };
      // Before anything of the request is read.
      const denied =
        access.refuse(caller, scope) ?? (service === true ? access.refuseService(caller) : undefined);
      if (denied !== undefined) {
        await note('', 'refused');
        return denied;
      }
      const url = new URL(request.url);
      const query = parse(spec.query, queryOf(url.searchParams), 'query');
      if (query instanceof Response) return query;
      const given = spec.body === NO_BODY ? undefined : await readJson(request);
      if (given instanceof Response) return given;
      const payload = spec.redacts === undefined ? given : gate.redact(given, spec.redacts);
      const body = parse(spec.body, withoutNulls(payload), 'body');
      if (body instanceof Response) return body;
      const actor = textIn(payload, 'actor') ?? '';
      const project = access.project(caller, request.headers, [
        url.searchParams.get('project') ?? undefined,
        textIn(payload, 'project'),
      ]);
      if (project instanceof Response) {
        await note(actor, 'refused');
        return project;
      }
      trail.project = project;
      try {
        const answer = await spec.answer({
          project,
          body: body.value,
          query: query.value,
          parameter: (name) => parameters[name] ?? '',
          headers: request.headers,
          caller,
          about: (subject) => Object.assign(trail, subject),
          // Made at the first look: most endpoints never look.
          get signal() {
            return request.signal;
          },
        });
        await note(actor, resultOf(answer.status));
        return answer;
      } catch (error) {
        await note(actor, KeyRefusal.isInstance(error) ? 'refused' : 'failed');
        throw error;
      }
    },
  };
}

function resultOf(status: number): AuditEntry['result'] {
  if (status < 400) return 'done';
  return status === 403 ? 'refused' : 'failed';
}

/** A parameter that is given several times is a list. */
function queryOf(parameters: URLSearchParams): Record<string, string | string[]> {
  const names = [...new Set(parameters.keys())].filter((name) => name !== 'project');
  return Object.fromEntries(
    names.map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

async function readJson(request: Request): Promise<unknown> {
  // Forms of foreign pages cannot send this type without asking the service first, which it does not answer.
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\b/i.test(type)) {
    const detail = `content-type: expected application/json, got ${type === '' ? 'none' : JSON.stringify(type)}.`;
    return problem({ status: 415, code: 'unsupported_media_type', detail });
  }
  const text = await readBody(request);
  if (text === undefined) {
    const detail = `The body is larger than ${BODY_BYTES_MAX} bytes; send it in parts.`;
    return problem({ status: 413, code: 'body_too_large', detail });
  }
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return problem({ status: 400, code: 'invalid_json', detail: `body: not JSON: ${error.message}.` });
  }
}

function parse<T>(
  schema: z.ZodType<T>,
  value: unknown,
  part: 'body' | 'query',
): { readonly value: T } | Response {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  const errors = result.error.issues.map(
    ({ path, message }) => `${path.join('.') || part}: ${message}${shown(valueAt(value, path))}`,
  );
  return problem({
    status: 400,
    code: 'invalid_request',
    detail: `The ${part} has ${errors.length === 1 ? 'a problem' : `${errors.length} problems`}: ${errors.join('; ')}.`,
    errors,
  });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

/** Only what is short: a message is no place for a document. */
function shown(value: unknown): string {
  const isShort =
    typeof value === 'number' || (typeof value === 'string' && value.length <= SHOWN_CHARACTERS_MAX);
  return isShort ? `, got ${JSON.stringify(value)}` : '';
}

/** `null` means not given: many languages have no other way to say it. */
function withoutNulls(payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return payload;
  return Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== null));
}

function textIn(payload: unknown, name: string): string | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const value: unknown = Reflect.get(payload, name);
  return typeof value === 'string' ? value : undefined;
}
