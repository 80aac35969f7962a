import type { WebhookStatus } from '../webhooks/webhooks.ts';
import { endpoint, NO_BODY, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json } from './problem.ts';

/** How telling others goes. */
export function webhookEndpoints(status: () => readonly WebhookStatus[]): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/v1/webhooks',
      summary:
        'Deliveries to each configured address since the start: waiting, delivered, given up, dropped.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: () => json({ webhooks: status() }),
    }),
  ];
}
