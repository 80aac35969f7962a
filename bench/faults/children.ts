import type { ChildProcess } from 'node:child_process';

const children = new Set<ChildProcess>();

/** Remembers a process of the fault under way, so that none outlives it. */
export function owned(child: ChildProcess): ChildProcess {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** Kills what a fault left behind, stopped or not. */
export function killOwned(): void {
  for (const child of children) child.kill('SIGKILL');
}
