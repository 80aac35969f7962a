import { z } from 'zod';
import { NO_BODY, type Endpoint } from './endpoint.ts';
import { permissionOf } from './permissions.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** The OpenAPI 3.1 document of the endpoints, made from the schemas that check their requests. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const endpoint of endpoints) {
    (paths[endpoint.path] ??= {})[endpoint.method.toLowerCase()] = operation(endpoint);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tracelore', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    },
    security: [{ key: [] }, {}],
    paths,
  };
}

const PROBLEM = {
  description: 'RFC 9457 problem details',
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: { type: 'array', items: { type: 'string' } },
  },
} as const;

function operation(endpoint: Endpoint): JsonObject {
  const inPath = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const problemAnswer = {
    description: 'What went wrong',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  return {
    summary: endpoint.summary,
    // With the scope that a key needs; no key is needed where the service has none.
    security: [{ key: [permissionOf(endpoint.method, endpoint.path).scope] }, {}],
    parameters: [...inPath, ...queryParameters(endpoint.query)],
    ...(endpoint.body === NO_BODY
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(endpoint.body) } },
          },
        }),
    responses: {
      [endpoint.status]: { description: 'Done', content: { 'application/json': {} } },
      default: problemAnswer,
    },
  };
}

function queryParameters(query: z.ZodType): JsonObject[] {
  const { properties = {}, required = [] } = schemaOf(query);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function schemaOf(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  const { $schema: _version, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}
