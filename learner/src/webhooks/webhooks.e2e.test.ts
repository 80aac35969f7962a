import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startService } from '../cli/child.testing.ts';

const SECRET = 'a-secret-of-enough-length';

test('the service tells what waits for a person, signed; where two pin, the first only asks', async () => {
  const told: { readonly type: string; readonly ruleId: string | null }[] = [];
  const notice = z.object({ type: z.string(), ruleId: z.string().nullable() });
  let isGenuine = true;
  const listener = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const [, seconds = '', digest] =
        /^t=(\d+),v1=(\w+)$/.exec(String(request.headers['x-tracelore-signature'])) ?? [];
      isGenuine &&= createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex') === digest;
      told.push(notice.parse(JSON.parse(body)));
      response.writeHead(204).end();
      listener.emit('told');
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const directory = await mkdtemp(path.join(tmpdir(), 'webhooks-'));
  const service = await startService(directory, [], {
    TRACELORE_WEBHOOKS: `http://127.0.0.1:${port}/hook`,
    TRACELORE_WEBHOOK_SECRET: SECRET,
    TRACELORE_WEBHOOK_PRIVATE: 'true',
    TRACELORE_PIN_PERSONS: '2',
  });
  const changed = z.object({ rule: z.looseObject({ id: z.string(), priority: z.string() }) });
  const post = async (target: string, body: object): Promise<z.infer<typeof changed>['rule']> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${service.api}${target}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return changed.parse(await response.json()).rule;
  };
  try {
    const { id } = await post('/v1/knowledge', { content: 'Divide amounts by 100.', appliesWhen: 'amounts' });
    await post(`/v1/knowledge/${id}/quarantine`, { reason: 'odd' });
    while (told.length < 1) await once(listener, 'told');
    await post(`/v1/knowledge/${id}/approve`, {});
    expect(await post(`/v1/knowledge/${id}/pin`, { actor: 'ann' })).toMatchObject({ priority: 'normal' });
    while (told.length < 2) await once(listener, 'told');
    expect(await post(`/v1/knowledge/${id}/pin`, { actor: 'bob' })).toMatchObject({ priority: 'pinned' });
    expect(told).toEqual([
      { type: 'quarantined', ruleId: id },
      { type: 'review_pending', ruleId: id },
    ]);
    expect(isGenuine).toBe(true);
    const status = await (await fetch(`${service.api}/v1/webhooks`)).json();
    expect(status).toMatchObject({ webhooks: [{ givenUp: 0, dropped: 0 }] });
  } finally {
    await service.end('SIGTERM');
    listener.close();
    await rm(directory, { recursive: true });
  }
});
