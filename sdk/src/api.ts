import type { Config } from './config.ts';
import { CONTRACT_VERSION, CONTRACT_VERSION_HEADER, PROJECT_HEADER } from './contract/version.ts';
import { type HttpAnswer, post, type PostOptions } from './http.ts';
import { SDK_NAME, SDK_VERSION } from './version.ts';

/** Headers of every request to the API and the collector. */
export function serviceHeaders(config: Config): Record<string, string> {
  return {
    'user-agent': `${SDK_NAME}/${SDK_VERSION}`,
    [CONTRACT_VERSION_HEADER]: String(CONTRACT_VERSION),
    ...(config.project === '' ? {} : { [PROJECT_HEADER]: config.project }),
    ...(config.apiKey === '' ? {} : { authorization: `Bearer ${config.apiKey}` }),
    // With a key the key alone decides.
    ...(config.apiKey !== '' || config.project === '' ? {} : { 'x-tracelore-project': config.project }),
  };
}

/** An answer that was no success. */
export class ApiError extends Error {
  readonly status: number;

  constructor(path: string, answer: HttpAnswer) {
    super(`${path} answered ${answer.status} ${answer.body.slice(0, 200)}`);
    this.name = 'ApiError';
    this.status = answer.status;
  }
}

/**
 * `POST` to the learner's API; the parsed JSON of a 2xx answer.
 * @throws ApiError for another status, Error of the network, SyntaxError for an answer that is no JSON
 */
export async function callApi(
  config: Config,
  path: string,
  body: unknown,
  options: Omit<PostOptions, 'headers'>,
): Promise<unknown> {
  const answer = await post(config.apiUrl + path, JSON.stringify(body), {
    ...options,
    headers: serviceHeaders(config),
  });
  if (answer.status < 200 || answer.status >= 300) throw new ApiError(path, answer);
  const parsed: unknown = JSON.parse(answer.body);
  return parsed;
}
