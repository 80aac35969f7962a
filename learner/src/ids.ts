import { randomFillSync } from 'node:crypto';

/** Characters of an id that people type and that stand in prompts. Unique per project. */
export const ID_PREFIX_CHARACTERS = 8;
/** Random bytes of an id, and ids that are drawn at a time: asking the generator for each costs ten times as much. */
const ID_BYTES = 16;
const IDS_AT_A_TIME = 256;

/** Makes ids: 32 lower-case hex characters, 128 random bits. */
export type NewId = () => string;

const pool = Buffer.alloc(ID_BYTES * IDS_AT_A_TIME);
let used = pool.length;

export const newRandomId: NewId = () => {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.toString('hex', used - ID_BYTES, used);
};

/** The short form of an id. */
export function shortId(id: string): string {
  return id.slice(0, ID_PREFIX_CHARACTERS);
}
