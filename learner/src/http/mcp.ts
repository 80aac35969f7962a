import { createMcpHandler } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { LearnerError } from '../errors.ts';
import { createKnowledgeServer, type KnowledgeToolServices } from '../mcp/knowledge-tools.ts';
import { endpoint, NO_QUERY, type Endpoint } from './endpoint.ts';

/** A message of the protocol: it is checked by the protocol's own server. */
const message: z.ZodType<unknown> = z.unknown();

/**
 * The tools of agents by the Model Context Protocol over HTTP: each request is answered for itself, there are no sessions. Who
 * may ask for knowledge over HTTP may ask here, for the same project.
 */
export function mcpEndpoint(services: (project: string) => KnowledgeToolServices): Endpoint {
  const handler = createMcpHandler(({ authInfo }) => {
    if (authInfo === undefined) throw new LearnerError('invalid', 'a message came in without its project');
    return createKnowledgeServer(services(authInfo.clientId));
  });
  return endpoint({
    method: 'POST',
    path: '/mcp',
    summary: 'The tools get_knowledge, recall_knowledge and record_outcome by the Model Context Protocol.',
    body: message,
    query: NO_QUERY,
    answer: async ({ project, body, headers, signal }) => {
      const request = new Request('http://localhost/mcp', {
        method: 'POST',
        headers: spoken(headers),
        signal,
      });
      // The key was checked already; the project is all that the tools need to know of the caller.
      const authInfo = { token: '', clientId: project, scopes: [] };
      return await handler.fetch(request, { parsedBody: body, authInfo });
    },
  });
}

/** What the protocol reads; length and encoding are of a body that is parsed already. */
function spoken(headers: Headers): Headers {
  const kept = new Headers();
  for (const [name, value] of headers)
    if (/^(?:accept|content-type|mcp-.*)$/u.test(name)) kept.set(name, value);
  return kept;
}
