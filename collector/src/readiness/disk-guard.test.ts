import { expect, test } from 'vitest';
import { DiskGuard } from './disk-guard.ts';

test('too little room is said with the figures, and over when there is room again', async () => {
  const free: Record<string, number> = { '/a': 100, '/b': 99 };
  const guard = new DiskGuard({ directories: ['/a', '/b'], reserveBytes: 100 }, (directory) =>
    Promise.resolve(free[directory] ?? 0),
  );
  expect(guard.problem).toBe('');
  await guard.look();
  expect(guard.problem).toBe('the disk of /b has 99 bytes left, and 100 are kept free: make room');
  free['/b'] = 100;
  await guard.look();
  expect(guard.problem).toBe('');
});

test('a disk that cannot be asked is no reason to refuse data', async () => {
  const guard = new DiskGuard({ directories: ['/there/is/no/such/directory'], reserveBytes: 1 });
  await guard.look();
  expect(guard.problem).toBe('');
});
