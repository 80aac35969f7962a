import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { exampleRule } from './example-rule.testing.ts';
import { createRenderer } from './renderer.ts';
import { createSelector } from './selector.ts';

const RULES = [
  exampleRule('Amounts in the orders table are stored in cents: divide by 100.', {
    appliesWhen: 'the question asks for revenue or order amounts',
  }),
  exampleRule('The fiscal year starts in April.', { appliesWhen: 'the question names a fiscal year' }),
  exampleRule('Answer in SQL only.', { appliesWhen: 'answering', priority: 'pinned' }),
  exampleRule('Never write to the database.', { priority: 'pinned' }),
];
const TASK = 'What was the revenue of all orders in fiscal year 2024?';

/** Selects and renders in a process of its own, from what it is given on the command line. */
const PROGRAM = `
  const { createRenderer } = await import('./renderer.ts');
  const { createSelector } = await import('./selector.ts');
  const { rules, task } = JSON.parse(process.argv.at(-1));
  const set = { rules, snapshot: 7 };
  const context = { project: 'shop', snapshot: 7, format: 'tracelore-v1' };
  const { rules: selected } = createSelector().select(task, set);
  process.stdout.write(createRenderer({ secret: 'secret' }).render(selected, context));
`;

describe('injection text', () => {
  it('is the same bytes in another process, whatever the order of the rules', async () => {
    const set = { rules: RULES, snapshot: 7 };
    const context = { project: 'shop', snapshot: 7, format: 'tracelore-v1' as const };
    const here = createRenderer({ secret: 'secret' }).render(
      createSelector().select(TASK, set).rules,
      context,
    );
    expect(here.split('\n')).toHaveLength(10);
    const given = JSON.stringify({ rules: RULES.toReversed(), task: TASK });
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@tracelore/source', '--input-type=module', '--eval', PROGRAM, given],
      { cwd: import.meta.dirname },
    );
    expect(stdout).toBe(here);
  });
});
