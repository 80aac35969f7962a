/** Random bytes are drawn in bulk: one draw costs more than a whole span. */
const POOL_BYTES = 4_096;
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const pool = new Uint8Array(POOL_BYTES);
let used = POOL_BYTES;

/** `bytes` (at most {@link POOL_BYTES}) random bytes as lower-case hex. */
export function randomHex(bytes: number): string {
  if (used + bytes > POOL_BYTES) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  let text = '';
  for (const byte of pool.subarray(used, used + bytes)) text += HEX[byte];
  used += bytes;
  return text;
}

/** Id of a run: 32 hex characters, like a trace id. */
export function newRunId(): string {
  return randomHex(16);
}
