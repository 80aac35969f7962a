import { itemReference } from '@tracelore/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newRandomId } from '../../ids.ts';
import type { KnowledgeBase } from '../../knowledge/knowledge-base.ts';
import {
  BY_ANN,
  done,
  openKnowledgeStore,
  ruleText,
  type KnowledgeStore,
} from '../../knowledge/knowledge-store.testing.ts';
import type { Evidence, Rule } from '../../knowledge/rule.ts';
import type { Behaviour } from '../../validators/behaviour.ts';
import { flatWorld } from '../../validators/flat-world.testing.ts';
import { createRaceValidator } from '../../validators/race.ts';
import type { CycleReport } from '../../validators/validator.ts';
import { createAnalysisLog, type AnalysisLog } from '../records/analysis-log.ts';
import { newPass, passRecord, type PassRecord } from '../learn-pass.ts';
import { release } from './release.ts';

let disk: KnowledgeStore;
let analyses: AnalysisLog;

beforeAll(async () => {
  disk = await openKnowledgeStore();
  const { driver, database } = disk.store;
  analyses = createAnalysisLog({ driver, database, now: () => new Date(), newId: newRandomId });
});

afterAll(() => disk.close());

function record(project: string): PassRecord {
  return passRecord(newPass('l', project, new Date()));
}

function quoted(runId: string): Evidence {
  return {
    runId,
    traceId: 't',
    spanId: 's',
    field: 'output',
    quote: 'q',
    sha256: 'h',
    principal: `of ${runId}`,
  };
}

const { input } = flatWorld(['kept', 'left'], (rules) => (rules.size > 0 ? 0.9 : 0.2));

/** A cycle that promoted one rule and took another out for it. */
async function judged(kept: Rule, left: Rule, relation: Behaviour['relation']): Promise<CycleReport> {
  const cycle = await createRaceValidator({ runsBudget: 0 }).validate(input);
  const reports = [kept, left].flatMap((rule, index) =>
    cycle.reports.slice(index, index + 1).map((report) => ({
      ...report,
      ruleId: rule.id,
      status: rule === kept ? ('promoted' as const) : ('rejected' as const),
      yieldsTo: rule === kept ? null : itemReference(kept),
    })),
  );
  const rules = [itemReference(kept), itemReference(left)] as const;
  const seen = { rounds: 1, changed: 9, agreeing: 9, together: 9, logEConflict: 4, replaced: [] };
  return { ...cycle, project: kept.project, reports, behaviours: [{ rules, relation, ...seen }] };
}

async function proposed(base: KnowledgeBase, content: string): Promise<Rule> {
  return done(await base.propose(ruleText(content), BY_ANN));
}

describe('a release', () => {
  it('lets what taught a duplicate speak for the rule that it repeats', async () => {
    const base = (await disk.reopen()).of('duplicate');
    const kept = await proposed(base, 'Divide amounts by 100.');
    const left = await proposed(base, 'Amounts are in cents: divide by 100.');
    await analyses.addSupport('duplicate', 'l', kept.id, [quoted('r1')]);
    await analyses.addSupport('duplicate', 'l', left.id, [quoted('r2')]);
    await analyses.addSupport('duplicate', 'l2', left.id, [quoted('r3'), quoted('r2')]);
    const cycle = await judged(kept, left, 'duplicate');
    const options = { base, analyses, record: record('duplicate'), requireApproval: false };
    await release(cycle, cycle.reports, options);
    expect(base.served().map(({ id }) => id)).toEqual([kept.id]);
    expect(done(base.find(left.id))).toMatchObject({ status: 'archived' });
    expect(done(base.find(kept.id))).not.toHaveProperty('supersedes');
    const speaking = (await analyses.support('duplicate')).filter(({ ruleId }) => ruleId === kept.id);
    expect(new Set(speaking.map(({ runId, principal }) => `${runId} ${principal}`))).toEqual(
      new Set(['r1 of r1', 'r2 of r2', 'r3 of r3']),
    );
  });

  it('links the rule that is kept of two that work against each other', async () => {
    const base = (await disk.reopen()).of('conflict');
    const kept = await proposed(base, 'Round half up.');
    const left = await proposed(base, 'Round half even.');
    await analyses.addSupport('conflict', 'l', left.id, [quoted('r2')]);
    const cycle = await judged(kept, left, 'conflict');
    const options = { base, analyses, record: record('conflict'), requireApproval: true };
    await release(cycle, cycle.reports, options);
    expect(done(base.find(kept.id))).toMatchObject({
      status: 'validated',
      supersedes: itemReference(left),
    });
    expect((await analyses.support('conflict')).map(({ ruleId }) => ruleId)).toEqual([left.id]);
  });

  it('leaves a rule alone that is edited at the very moment of it', async () => {
    const base = (await disk.reopen()).of('edited');
    const rule = await proposed(base, 'Divide amounts by 100.');
    const cycle = await judged(rule, rule, 'distinct');
    for (const status of ['promoted', 'futile'] as const) {
      const { version } = done(base.find(rule.id));
      const reports = cycle.reports.slice(0, 1).map((each) => ({ ...each, ruleVersion: version, status }));
      const pass = record('edited');
      const editing = base.edit(rule.id, { content: `Divide them all by 10 (${status}).` }, 'ann');
      await release(cycle, reports, { base, analyses, record: pass, requireApproval: false });
      expect(await editing).toMatchObject({ ok: true });
      expect(pass.current).toMatchObject({
        promoted: [],
        rejected: [],
        notes: [expect.stringMatching(/it was edited: this is about version/)],
      });
      expect(base.list()).toMatchObject([
        { status: 'candidate', content: `Divide them all by 10 (${status}).` },
      ]);
    }
  });
});
