import { indexWords, useTextIndex, type Store } from '@tracelore/collector/store';
import { repeat, type Repeated } from '../repeat.ts';

/** How often it is looked for days whose words are not indexed, ms. Without any it costs two small queries. */
const PAUSE_MS = 600_000;

/**
 * Keeps the words of traces searchable: with `textIndex` each is indexed as it comes; else those of a day once it is over,
 * until the job is stopped.
 */
export async function startWordIndex(
  { driver, database }: Pick<Store, 'driver' | 'database'>,
  { textIndex }: { readonly textIndex: boolean },
  report: (text: string) => void,
  pauseMs: number = PAUSE_MS,
): Promise<Repeated> {
  await useTextIndex(driver, database, textIndex);
  const work = async (): Promise<void> => {
    if (!textIndex) await indexWords(driver, database, Date.now());
  };
  return repeat(work, pauseMs, (text) => report(`index of words: ${text}`));
}
