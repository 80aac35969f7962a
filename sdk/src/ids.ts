/** Random bytes are drawn in bulk: one draw costs more than a whole span. */
const POOL_BYTES = 4_096;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** `bytes` (at most {@link POOL_BYTES}) random bytes as lower-case hex. */
export function randomHex(bytes: number): string {
  if (used + bytes > POOL_BYTES) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}

/** Id of a run: 32 hex characters, like a trace id. */
export function newRunId(): string {
  return randomHex(16);
}
