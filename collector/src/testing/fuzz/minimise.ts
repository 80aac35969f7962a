import { Buffer } from 'node:buffer';

/** Tries at most; a failing input is a help, the shortest one is not needed. */
const TRIES_MAX = 5_000;

/** A shorter input that still fails: stretches are left out as long as that goes, ever smaller ones. */
export async function minimise(
  input: Buffer,
  fails: (candidate: Buffer) => Promise<boolean>,
): Promise<Buffer> {
  let shortest = input;
  let tries = 0;
  for (let stretch = Math.ceil(input.length / 2); stretch >= 1; stretch = Math.floor(stretch / 2)) {
    for (let at = 0; at < shortest.length && tries < TRIES_MAX;) {
      const candidate = Buffer.concat([shortest.subarray(0, at), shortest.subarray(at + stretch)]);
      tries += 1;
      if (await fails(candidate)) shortest = candidate;
      else at += stretch;
    }
  }
  return shortest;
}
