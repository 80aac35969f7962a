import { encodeRows, type SqlDriver, type SqlParameters, type Table } from '@tracelore/collector/store';
import { LearnerError } from '../../errors.ts';
import type { NewId } from '../../ids.ts';
import type { LearnPass } from '../learn-pass.ts';
import { storedRecord } from './stored-record.ts';

/** Columns as in `store/schema/006_learn_passes.sql`. */
export const LEARN_PASSES: Table = {
  name: 'learn_passes',
  columns: {
    project: 'LowCardinality(String)',
    learn_id: 'String',
    revision: 'UInt64',
    state: 'LowCardinality(String)',
    phase: 'LowCardinality(String)',
    error: 'String',
    runs_selected: 'UInt32',
    runs_analysed: 'UInt32',
    candidates: 'UInt32',
    promoted: 'UInt32',
    cycle_id: 'String',
    input_tokens: 'UInt64',
    output_tokens: 'UInt64',
    started_at: "DateTime64(3, 'UTC')",
    finished_at: "Nullable(DateTime64(3, 'UTC'))",
    pass: 'String',
  },
};

/** Passes in a list. */
export const PASSES_LISTED_MAX = 200;

/** Stored learning passes. */
export interface PassLog {
  /** A later revision replaces an earlier one. */
  save(pass: LearnPass, revision: number): Promise<void>;
  /** Newest first. */
  list(project: string): Promise<readonly LearnPass[]>;
  /** By id or unique prefix. Throws LearnerError `invalid` for an ambiguous one. */
  find(project: string, idOrPrefix: string): Promise<LearnPass | undefined>;
}

export function createPassLog(options: {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly newId: NewId;
}): PassLog {
  const { driver, newId } = options;
  const table = { ...LEARN_PASSES, name: `${options.database}.${LEARN_PASSES.name}` };

  async function read(
    project: string,
    where: string,
    parameters: SqlParameters,
    limit: number,
  ): Promise<LearnPass[]> {
    const rows = await driver.query<{ pass: string }>(
      `SELECT pass FROM ${table.name} FINAL WHERE project = {project: String} AND ${where}
       ORDER BY started_at DESC, learn_id LIMIT ${limit}`,
      { parameters: { project, ...parameters } },
    );
    return rows.map(({ pass }) => storedRecord<LearnPass>(pass, 'learning pass', ['id', 'state', 'phase']));
  }

  return {
    async save(pass, revision) {
      const row = {
        project: pass.project,
        learn_id: pass.id,
        revision,
        state: pass.state,
        phase: pass.phase,
        error: pass.error,
        runs_selected: pass.runsSelected,
        runs_analysed: pass.runsAnalysed,
        candidates: pass.candidates,
        promoted: pass.promoted.length,
        cycle_id: pass.cycleId,
        input_tokens: pass.usage.inputTokens,
        output_tokens: pass.usage.outputTokens,
        started_at: new Date(pass.startedAt),
        finished_at: pass.finishedAt === null ? null : new Date(pass.finishedAt),
        pass: JSON.stringify(pass),
      };
      await driver.insert(encodeRows(table, [row], `learn-pass:${newId()}`));
    },
    list: (project) => read(project, '1', {}, PASSES_LISTED_MAX),
    async find(project, idOrPrefix) {
      const found = await read(project, 'startsWith(learn_id, {id: String})', { id: idOrPrefix }, 2);
      if (found.length > 1 && found[0]?.id !== idOrPrefix) {
        const ids = found.map(({ id }) => id).join(', ');
        throw new LearnerError(
          'invalid',
          `"${idOrPrefix}" is the start of several learning passes: ${ids}, ….`,
        );
      }
      return found[0];
    },
  };
}
