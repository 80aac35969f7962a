import { readFileSync, writeFileSync } from 'node:fs';

const KIB = 1024;

/** Starts a new measurement of the largest resident size; where the kernel has none (not Linux), the old one goes on. */
export function resetPeakMemory(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // The peak since the start of the process is then what is reported.
  }
}

/** Largest resident size of this process since the reset, bytes. */
export function peakMemory(): number {
  try {
    const [, kib = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return Number(kib) * KIB;
  } catch {
    return process.resourceUsage().maxRSS * KIB;
  }
}
