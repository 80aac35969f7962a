import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore } from '@tracelore/collector/store';
// What is measured here is inside the learner: a project with 10 000 proven rules takes hours to make from outside.
import { newRandomId } from '../../learner/src/ids.ts';
import { createKnowledgeLog } from '../../learner/src/knowledge/knowledge-log.ts';
import { chain, CHAIN_START } from '../../learner/src/knowledge/hash-chain.ts';
import type { KnowledgeEvent } from '../../learner/src/knowledge/knowledge-base.ts';
import { openKnowledge } from '../../learner/src/knowledge/knowledge-registry.ts';
import { sealEvidence } from '../../learner/src/knowledge/sealed-quote.ts';
import { migrateLearner } from '../../learner/src/store/migrate.ts';

/** Rules of the project; every third is taught by the source that is purged, every ninth by another one too. */
const RULES = 10_000;
const CHUNK = 5_000;
const ROUNDS = 3;

/** `node --conditions=@tracelore/source bench/knowledge/purge.ts`: how long a purge takes, and what comes with it. */
const directory = await mkdtemp(path.join(tmpdir(), 'purge-'));
const store = await openStore({ location: { kind: 'embedded', directory } });
try {
  await migrateLearner(store);
  const log = createKnowledgeLog(store.driver, store.database);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const project = `round-${round}`;
    const events = rulesInForce(project);
    for (let from = 0; from < events.length; from += CHUNK)
      await log.append(events.slice(from, from + CHUNK));
    const [registry, loadMs] = await timed(() =>
      openKnowledge({ log, now: () => new Date(), newId: newRandomId }),
    );
    const base = registry.of(project);
    const source = { principals: new Set(['mallory']), authors: new Set<string>() };
    const [marked, markMs] = await timed(() => base.takeSnapshot({ actor: 'ann' }));
    const [purged, purgeMs] = await timed(() => base.purge(source, 'ann', 'measured'));
    const [then, atMs] = await timed(() => Promise.resolve(base.rulesAt(RULES * 3)));
    const [restored, restoreMs] = await timed(() => base.restore(String(RULES * 3), 'ann', 'measured'));
    if (!purged.ok || !restored.ok || !marked.ok) throw new Error('a change was refused');
    console.log(
      `${RULES} rules: purge ${purgeMs.toFixed(0)} ms (${purged.removed.length} removed, ${purged.reopened.length} reopened); ` +
        `snapshot ${markMs.toFixed(0)} ms; state of the past ${atMs.toFixed(0)} ms (${then.length} rules); ` +
        `restore ${restoreMs.toFixed(0)} ms (${restored.changed.length} changed, ${restored.keptBack.length} kept back); load of ${round} such projects ${loadMs.toFixed(0)} ms`,
    );
  }
} finally {
  await store.close();
  await rm(directory, { recursive: true });
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const beganAt = performance.now();
  const result = await work();
  return [result, performance.now() - beganAt];
}

/** A log of proven rules in force: proposed, validated and activated each. */
function rulesInForce(project: string): KnowledgeEvent[] {
  const events: KnowledgeEvent[] = [];
  let previous = CHAIN_START;
  const write = (event: Pick<KnowledgeEvent, 'type' | 'ruleId' | 'quotes'>, data: object): void => {
    const { quotes, ...about } = event;
    const named = {
      project,
      sequence: events.length + 1,
      id: newRandomId(),
      at: new Date().toISOString(),
      actor: 'learner',
    };
    const chained = chain({ ...about, ...named, data: JSON.stringify(data) }, previous);
    previous = chained.hash;
    events.push({ ...chained, quotes });
  };
  for (let index = 0; index < RULES; index += 1) {
    const ruleId = newRandomId();
    const teachers = index % 3 === 0 ? (index % 9 === 0 ? ['mallory', 'carol'] : ['mallory']) : ['carol'];
    const { evidence, quotes } = sealEvidence(
      teachers.map((principal, at) => ({
        runId: `run-${index}-${at}`,
        traceId: 't',
        spanId: 's',
        field: 'output',
        quote: `what was said in run ${index}`,
        sha256: '',
        principal,
      })),
    );
    const text = {
      kind: 'skill',
      content: `Divide amount ${index} by 100.`,
      appliesWhen: `amount ${index} is asked for`,
      tags: [],
    };
    const provenance = { origin: 'analyzer', by: 'sim', evidence };
    write({ type: 'proposed', ruleId, quotes }, { text, tokens: 20, provenance, reason: '' });
    write({ type: 'validated', ruleId, quotes: [] }, { reason: 'helps', verdictId: 'v' });
    write({ type: 'activated', ruleId, quotes: [] }, { reason: 'helps' });
  }
  return events;
}
