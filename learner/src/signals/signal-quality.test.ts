import { describe, expect, it } from 'vitest';
import { mayDecide, signalQualities, type AuditedRun } from './signal-quality.ts';

/** Runs of one kind: what the judge said, what was true, how many. */
const runs = (count: number, said: boolean, truth: boolean, part: Partial<AuditedRun> = {}): AuditedRun[] =>
  Array.from({ length: count }, (_, index) => ({
    agent: 'shop',
    source: 'judge',
    said,
    truth,
    hadRules: index % 2 === 0,
    ...part,
  }));

describe('quality of a signal', () => {
  it('is counted from runs where a more trusted signal spoke', () => {
    const [quality] = signalQualities([
      ...runs(36, true, true),
      ...runs(4, false, true),
      ...runs(24, false, false),
      ...runs(6, true, false),
    ]);
    expect(quality).toMatchObject({ agent: 'shop', source: 'judge', audited: 70, standing: 'trusted' });
    expect(quality?.sensitivity.mean).toBeCloseTo(37 / 42);
    expect(quality?.specificity.mean).toBeCloseTo(25 / 32);
  });

  it.each([
    ['unaudited', runs(49, true, true)],
    ['unaudited', [...runs(60, true, true), ...runs(9, false, false)]],
    ['inaccurate', [...runs(30, true, true), ...runs(10, false, false), ...runs(20, true, false)]],
    [
      'depends_on_arm',
      [
        ...runs(30, true, true, { hadRules: false }),
        ...runs(15, false, false, { hadRules: false }),
        ...runs(30, true, true, { hadRules: true }),
        ...runs(15, false, false, { hadRules: true }),
        ...runs(9, true, false, { hadRules: true }),
      ],
    ],
  ])('is %s', (standing, audits) => {
    const qualities = signalQualities(audits);
    expect(qualities).toMatchObject([{ standing }]);
    expect(mayDecide('judge', qualities)).toBe(false);
  });

  it('lets a judge decide only once audits speak for it, and feedback until they speak against it', () => {
    const good = [...runs(40, true, true), ...runs(40, false, false)];
    const bad = [...runs(30, true, false), ...runs(30, false, true)];
    expect(mayDecide('judge', [])).toBe(false);
    expect(mayDecide('feedback', [])).toBe(true);
    expect(mayDecide('judge', signalQualities(good))).toBe(true);
    expect(
      mayDecide('judge', signalQualities([...good, ...bad.map((run) => ({ ...run, agent: 'other' }))])),
    ).toBe(false);
    expect(
      mayDecide('feedback', signalQualities(bad.map((run) => ({ ...run, source: 'feedback' as const })))),
    ).toBe(false);
  });
});
