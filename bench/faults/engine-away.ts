import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startControlledEngine, type ControlledEngine } from './engine.ts';
import { readLive } from './live-readers.ts';
import { readStored, type Fault, type Outcome } from './fault.ts';
import { Ledger } from './ledger.ts';
import { recovers, sendFor } from './senders.ts';
import { startService, type Service } from './service.ts';
import { SENDER_TIMEOUT_MS } from './transports.ts';

/** How long the engine is in trouble, ms. */
const TROUBLE_MS = 12_000;

interface Trouble {
  readonly name: string;
  readonly what: string;
  readonly begin: (engine: ControlledEngine) => void;
  readonly end: (engine: ControlledEngine) => void;
}

/** A service on a server that gets into trouble under load and out of it again. */
function engineFault({ name, what, begin, end }: Trouble): Fault {
  return {
    name,
    what,
    run: async (directory) => {
      const data = path.join(directory, 'engine');
      const engine = await startControlledEngine(data);
      const ledger = new Ledger();
      const service = await startService(directory, { env: { TRACELORE_CLICKHOUSE_URL: engine.url } });
      await sendFor(3_000, service, ledger);
      begin(engine);
      const answeredBefore = ledger.spans;
      const [ready] = await Promise.all([
        pause(TROUBLE_MS - 3_000).then(() => readiness(service)),
        sendFor(TROUBLE_MS, service, ledger),
      ]);
      const during = ledger.spans - answeredBefore;
      end(engine);
      const isBack = await recovers(service, ledger);
      const outcome = await finish(service, ledger, engine, directory, data);
      const tooLate = ledger.longestMs > SENDER_TIMEOUT_MS - 500;
      return {
        ...outcome,
        violations: [
          ...outcome.violations,
          ...(isBack ? [] : ['did not recover']),
          ...(tooLate ? [`a sender waited ${Math.round(ledger.longestMs)} ms`] : []),
        ],
        note: `${during} spans answered meanwhile; /readyz ${ready}`,
      };
    },
  };
}

/** Readers of the running service, then of the engine's directory. */
export async function finish(
  service: Service,
  ledger: Ledger,
  engine: ControlledEngine,
  directory: string,
  data: string,
): Promise<Omit<Outcome, 'note'>> {
  const live = await readLive(service, ledger, directory);
  const peakRss = service.peakRss();
  const { code, stderr } = await service.end('SIGTERM');
  await engine.close();
  const { readings, rawDuplicates } = await readStored(ledger, directory, data);
  return {
    ledger,
    readings: [...live, ...readings],
    rawDuplicates,
    peakRss,
    violations: code === 0 ? [] : [`ended with ${String(code)}: ${stderr.trim().slice(-300)}`],
  };
}

async function readiness({ api }: Service): Promise<string> {
  const response = await fetch(`${api}/readyz`);
  const { detail }: { detail?: string } = JSON.parse(await response.text());
  return `${response.status}${detail === undefined ? '' : ` “${detail.slice(0, 160)}”`}`;
}

export const engineFaults: readonly Fault[] = [
  engineFault({
    name: 'engine-slow',
    what: 'every statement takes 1.5 s more',
    begin: (engine) => engine.setMode('slow'),
    end: (engine) => engine.setMode('ok'),
  }),
  engineFault({
    name: 'engine-failing',
    what: 'the engine answers with errors',
    begin: (engine) => engine.setMode('fail'),
    end: (engine) => engine.setMode('ok'),
  }),
  engineFault({
    name: 'engine-loses',
    what: 'inserts are carried out, and their answers are lost',
    begin: (engine) => engine.setMode('lose'),
    end: (engine) => engine.setMode('ok'),
  }),
  engineFault({
    name: 'engine-gone',
    what: 'nobody listens',
    begin: (engine) => engine.setMode('refuse'),
    end: (engine) => engine.setMode('ok'),
  }),
  engineFault({
    name: 'engine-hangs',
    what: 'statements are taken and never answered',
    begin: (engine) => engine.setMode('hang'),
    end: (engine) => engine.setMode('ok'),
  }),
  engineFault({
    name: 'engine-stopped',
    what: 'SIGSTOP of the engine, then SIGCONT',
    begin: (engine) => engine.freeze(),
    end: (engine) => engine.thaw(),
  }),
];
