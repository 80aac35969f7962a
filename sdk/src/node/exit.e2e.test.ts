import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ATTR } from '../contract/attributes.ts';
import { type FakeService, startFakeService } from '../testing/fake-service.ts';

const PROGRAM = fileURLToPath(new URL('../testing/fixtures/agent-process.ts', import.meta.url));
const SPANS = 200;

let service: FakeService;
let directory: string;
beforeEach(async () => {
  service = await startFakeService();
  directory = mkdtempSync(join(tmpdir(), 'tracelore-exit-'));
});
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await service.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

function run(ending: string, count: number = SPANS): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@tracelore/source',
      '--disable-warning=ExperimentalWarning',
      PROGRAM,
      ending,
      String(count),
    ],
    {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        ...process.env,
        OTEL_EXPORTER_OTLP_ENDPOINT: service.url,
        TRACELORE_SPOOL_DIR: directory,
      },
    },
  );
  children.push(child);
  const ended = Promise.all([once(child, 'exit'), child.stderr === null ? '' : text(child.stderr)]).then(
    ([[code, signal], stderr]): Ended => ({ code, signal, stderr }),
  );
  return { child, ended };
}

const steps = (): number =>
  new Set(service.spans.filter((span) => span.name === 'step').map((span) => span.spanId)).size;

/** A later process finds what an earlier one spooled. */
async function nextProcessDelivers(expected: number): Promise<void> {
  const { child, ended } = run('wait', 0);
  await service.until(() => steps() >= expected);
  child.kill('SIGKILL');
  await ended;
}

describe('the end of a process', () => {
  it('comes naturally: everything is delivered', async () => {
    expect(await run('natural').ended).toEqual({ code: 0, signal: null, stderr: '' });
    expect(steps()).toBe(SPANS);
  });

  it('comes by process.exit(): everything is spooled and delivered by the next process', async () => {
    expect(await run('exit').ended).toMatchObject({ code: 0, stderr: '' });
    await nextProcessDelivers(SPANS);
    expect(steps()).toBe(SPANS);
  });

  it('comes by an uncaught error: the error is reported by Node as ever, everything is spooled', async () => {
    const ended = await run('throw').ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('Error: uncaught');
    await nextProcessDelivers(SPANS);
    expect(steps()).toBe(SPANS);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'comes by %s: delivered, open spans too, and the signal kills',
    async (signal) => {
      const { child, ended } = run('wait');
      await once(child, 'message');
      child.kill(signal);
      expect(await ended).toEqual({ code: null, signal, stderr: '' });
      expect(steps()).toBe(SPANS);
      expect(service.spans.find((span) => span.name === 'open')?.attributes[ATTR.endReason]).toBe('shutdown');
    },
  );

  it.each(['own-handler', 'own-handler-once'])(
    'comes by a signal that the host handles: its %s decides',
    async (ending) => {
      const { child, ended } = run(ending);
      await once(child, 'message');
      child.kill('SIGTERM');
      expect(await ended).toMatchObject({ code: 7, signal: null });
      expect(steps()).toBe(SPANS);
    },
  );

  it('comes by a kill: what was on disk before is whole and still delivered', async () => {
    await run('exit').ended;
    service.answerWith(() => new Promise(() => {}));
    const { child, ended } = run('wait', 0);
    await once(child, 'message');
    await service.until(() => service.requests.length > 0);
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    service.answerWith(undefined);
    await nextProcessDelivers(SPANS);
    expect(steps()).toBe(SPANS);
  });

  it('is not held up by a collector that is down: all is spooled', async () => {
    const port = Number(new URL(service.url).port);
    await service.close();
    const ended = run('natural');
    expect(await ended.ended).toMatchObject({ code: 0, stderr: '' });
    service = await startFakeService(port);
    await nextProcessDelivers(SPANS);
    expect(steps()).toBe(SPANS);
  });

  it('waits a bounded time for a collector that never answers: all is spooled', async () => {
    service.answerWith(() => new Promise(() => {}));
    expect(await run('natural').ended).toMatchObject({ code: 0, stderr: '' });
    service.answerWith(undefined);
    await nextProcessDelivers(SPANS);
    expect(steps()).toBe(SPANS);
  });

  it('reports once what could not even be spooled', async () => {
    await service.close();
    rmSync(directory, { recursive: true });
    writeFileSync(directory, 'in the way');
    const ended = await run('natural').ended;
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).toBe(`tracelore: spans lost: ${SPANS} spool_full\n`);
    service = await startFakeService();
  });

  it('delivers a burst of 20,000 spans at a natural end', async () => {
    expect(await run('natural', 20_000).ended).toMatchObject({ code: 0, stderr: '' });
    await nextProcessDelivers(20_000);
    expect(steps()).toBe(20_000);
  });
});
