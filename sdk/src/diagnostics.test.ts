import { expect, it, vi } from 'vitest';

import { configure } from './configure.ts';
import { guarded, recordFault, stats } from './diagnostics.ts';

it('counts every fault and reports each kind at most once a minute', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const reports: string[] = [];
  configure({ report: (message) => reports.push(message) });
  recordFault('a', 'first', new Error('cause'));
  recordFault('a', 'again');
  recordFault('b', 'other');
  vi.advanceTimersByTime(60_000);
  recordFault('a', 'later');
  vi.useRealTimers();
  expect(reports).toEqual(['tracelore: first: cause', 'tracelore: other', 'tracelore: later']);
  expect(stats().faults).toEqual({ a: 3, b: 1 });
});

it('contains what throws, a reporter too', () => {
  configure({
    report: () => {
      throw new Error('reporter');
    },
  });
  const result = guarded('contained', 'fallback', () => {
    throw new Error('ours');
  });
  expect(result).toBe('fallback');
  expect(stats().faults['contained']).toBe(1);
  configure();
});
