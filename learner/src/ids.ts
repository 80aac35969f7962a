import { randomBytes } from 'node:crypto';

/** Characters of an id that people type and that stand in prompts. Unique per project. */
export const ID_PREFIX_CHARACTERS = 8;

/** Makes ids: 32 lower-case hex characters, 128 random bits. */
export type NewId = () => string;

export const newRandomId: NewId = () => randomBytes(16).toString('hex');

/** The short form of an id. */
export function shortId(id: string): string {
  return id.slice(0, ID_PREFIX_CHARACTERS);
}
