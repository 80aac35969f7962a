import { Refusal } from '../errors.ts';

/**
 * Longest a sender waits for its commit, ms. Most give up after 10 s, and an answer says more than none: it has not been
 * stored yet, send it again.
 */
export const ANSWER_WITHIN_MS = 8_000;

/**
 * The answer, or a {@link Refusal} `store_unavailable` after `ms`. The work goes on by itself: a sender that comes again with
 * the same request meets it.
 */
export async function answeredWithin<Answer>(ms: number, answer: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(new Refusal('store_unavailable', `not stored within ${ms} ms: send the same request again`)),
      ms,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
