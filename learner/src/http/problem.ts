import { STATUS_CODES } from 'node:http';

/** What went wrong, as RFC 9457 `application/problem+json`. */
export interface Problem {
  readonly status: number;
  /** What happened, which value, what was expected, what to do. */
  readonly detail: string;
  /** For programs: the last part of `type`. */
  readonly code: string;
  /** Every single problem of an invalid request. */
  readonly errors?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members, for programs. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Stands in front of the code in `type`: a URN, because there is nothing to look up behind it. */
export const PROBLEM_TYPE_PREFIX = 'urn:tracelore:problem:';

export function problem({ status, detail, code, errors, headers, extensions }: Problem): Response {
  const body = {
    type: `${PROBLEM_TYPE_PREFIX}${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    ...(errors === undefined ? {} : { errors }),
    ...extensions,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
}

export function notFound(detail: string): Response {
  return problem({ status: 404, code: 'not_found', detail });
}

export function json(
  value: unknown,
  status: number = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
}
