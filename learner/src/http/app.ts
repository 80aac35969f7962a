import { type AuditEntry } from '@tracelore/collector/store';
import { CONTRACT_VERSION, CONTRACT_VERSION_HEADER } from '@tracelore/sdk/contract';
import { Hono } from 'hono';
import type { NewId } from '../ids.ts';
import type { Observe } from '../observe.ts';
import type { Access, Caller } from './access.ts';
import type { Endpoint } from './endpoint.ts';
import { adminAttempt } from './admin-attempt.ts';
import { failure } from './failure.ts';
import { openApiDocument } from './open-api.ts';
import { json, problem } from './problem.ts';
import { readinessAnswer, withoutDetail, type Check } from './readiness.ts';
import type { RequestTimes } from './request-times.ts';
import type { RedactBody } from './redact-body.ts';
import { remoteAddress } from './remote-address.ts';
import { secured, securityHeaders } from './secured.ts';

export interface AppOptions {
  readonly endpoints: readonly Endpoint[];
  readonly access: Access;
  /** Takes secrets out of bodies that are stored. */
  readonly redact: RedactBody;
  /** Writes down who did what. Never rejects. */
  readonly record: (entry: AuditEntry) => Promise<void>;
  /** How each part of the service is. */
  readonly readiness: () => Promise<readonly Check[]>;
  /** Takes what the operator should read: internal errors with their stack. */
  readonly report: (text: string) => void;
  readonly newId: NewId;
  /** Read at each `GET /metrics`; without it there is no such route. */
  readonly metrics?: Pick<Observe, 'contentType' | 'render'> | undefined;
  /** Told how long each request took. */
  readonly times?: RequestTimes | undefined;
  readonly version: string;
}

/** What a request carries along: who asks. */
interface Variables {
  readonly caller: Caller;
  /** Path of the endpoint that answers, with its placeholders. */
  readonly route: string;
}

export type App = Hono<{ Variables: Variables }>;

/** The HTTP API: every endpoint behind access control and one way of saying what went wrong. */
export function createApp(options: AppOptions): App {
  const { access, record } = options;
  const app = new Hono<{ Variables: Variables }>();
  const { metrics, times } = options;
  if (times !== undefined) {
    app.use('*', async (context, next) => {
      const beganAt = performance.now();
      await next();
      const { method } = context.req;
      times(context.get('route') ?? 'other', method, context.res.status, performance.now() - beganAt);
    });
  }
  app.use('*', secured);
  app.onError((error) => failure(error, options.report, options.newId));
  app.get('/healthz', () => json({ ok: true }));
  app.get('/readyz', async (context) => {
    const checks = await options.readiness();
    // Reasons name directories and addresses: who may not look at the service learns which part it is, and no more.
    const caller = access.admit(context.req.raw.headers, '');
    const mayLook = !(caller instanceof Response) && access.refuseService(caller) === undefined;
    return readinessAnswer(mayLook ? checks : checks.map(withoutDetail));
  });
  app.use('*', async (context, next) => {
    const address = remoteAddress(context.env);
    const caller = access.admit(context.req.raw.headers, address);
    if (caller instanceof Response) {
      const attempt = adminAttempt(options.endpoints, context.req.method, context.req.path);
      if (attempt !== undefined)
        await record({ ...attempt, project: '*', keyId: '', actor: '', address, result: 'refused' });
      return caller;
    }
    context.set('caller', caller);
    return await next();
  });
  app.use(
    '*',
    async (context, next) => refuseContract(context.req.header(CONTRACT_VERSION_HEADER)) ?? (await next()),
  );
  app.get('/metrics', async (context) => {
    if (metrics === undefined) return context.notFound();
    const caller = context.get('caller');
    const refused = access.refuse(caller, 'read') ?? access.refuseService(caller);
    if (refused !== undefined) return refused;
    return new Response(await metrics.render(), { headers: { 'content-type': metrics.contentType } });
  });
  app.get('/openapi.json', () => json(openApiDocument(options.endpoints, options.version)));

  const methods = new Map<string, string[]>();
  for (const endpoint of options.endpoints) {
    const path = endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1');
    methods.set(path, [...(methods.get(path) ?? []), endpoint.method]);
    app.on(endpoint.method, path, async (context) => {
      context.set('route', endpoint.path);
      const answer = await endpoint.handle(context.req.raw, context.req.param(), {
        access,
        caller: context.get('caller'),
        redact: options.redact,
        record,
      });
      if (answer instanceof Response) return answer;
      return answer.send(context.env, securityHeaders(context.req.url));
    });
  }
  for (const [path, allowed] of methods) {
    app.all(path, (context) => wrongMethod(context.req.method, context.req.path, allowed));
  }
  app.notFound((context) =>
    problem({
      status: 404,
      code: 'unknown_route',
      detail: `There is no ${context.req.method} ${context.req.path}; GET /openapi.json lists what there is.`,
    }),
  );
  return app;
}

/** A newer peer may mean something else by the same request. */
function refuseContract(version: string | undefined): Response | undefined {
  if (version === undefined || Number(version) <= CONTRACT_VERSION) return undefined;
  return problem({
    status: 400,
    code: 'contract_version',
    detail: `${CONTRACT_VERSION_HEADER}: this service understands versions up to ${CONTRACT_VERSION}, got ${JSON.stringify(version)}. Update the service.`,
  });
}

function wrongMethod(method: string, path: string, allowed: readonly string[]): Response {
  return problem({
    status: 405,
    code: 'method_not_allowed',
    detail: `${path} takes ${allowed.join(' and ')}, not ${method}.`,
    headers: { allow: allowed.join(', ') },
  });
}
