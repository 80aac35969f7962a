import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const MODELS = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@tracelore/learner/package.json')),
  'models/static-en/vocab.txt',
);
/** English words that the built-in embedder knows: made-up ones would have no vector, and search would do less than it does. */
const WORDS: readonly string[] = readFileSync(MODELS, 'utf8')
  .split('\n')
  .filter((word) => /^[a-z]{4,10}$/.test(word));
const GLUE = ['the', 'for', 'with', 'from', 'and', 'not', 'when', 'all', 'into', 'only', 'of', 'to'];
const TOPICS = 400;
const WORDS_PER_TOPIC = 60;

/** Numbers in [0, 1), the same for the same name. */
export function numbers(name: string): () => number {
  let block = Buffer.alloc(0);
  let at = 0;
  let count = 0;
  return () => {
    if (at + 4 > block.length) {
      block = createHash('sha512').update(`${name}\n${count++}`).digest();
      at = 0;
    }
    const value = block.readUInt32BE(at) / 2 ** 32;
    at += 4;
    return value;
  };
}

/** A sentence of so many words, two thirds of them about one topic; rules and tasks share the topics. */
export function sentence(next: () => number, words: number): string {
  const topic = Math.floor(next() * TOPICS);
  const chosen = Array.from({ length: words }, () => {
    const kind = next();
    if (kind < 0.2) return GLUE[Math.floor(next() * GLUE.length)] ?? '';
    const index =
      kind < 0.85
        ? topic * 71 + Math.floor(next() ** 2 * WORDS_PER_TOPIC)
        : Math.floor(next() * WORDS.length);
    return WORDS[index % WORDS.length] ?? '';
  });
  return chosen.join(' ');
}

/** A task of 14 to 53 words, as questions and requests have them; every number is another task. */
export function task(index: number): string {
  const next = numbers(`task ${index}`);
  return `${sentence(next, 14 + Math.floor(next() * 40))}?`;
}
