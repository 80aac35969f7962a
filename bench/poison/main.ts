import { parseArgs } from 'node:util';
import { plantPoison } from '../../learner/src/safety/poison.testing.ts';
import { printTable } from '../sample.ts';
import { ENTRIES } from './entries.ts';
import { openSubject } from './subject.ts';
import { runWave, type WaveResult } from './wave.ts';
import { runRestored, runWritten } from './written.ts';

/**
 * `node --conditions=@tracelore/source bench/poison/main.ts [--texts 640] [--seed poison] [--strangers 1,4]`: plants texts of
 * eight families in recorded runs, files and requests, with a model that believes everything, and counts what reaches an
 * agent. The learner is the shipped one, on a store of its own, with keys: everybody in it is a stranger. Ends with 1 when a
 * planted text is active or in an answer. What is simulated, the texts and the model, is not published: this reads sources.
 */
const { values } = parseArgs({
  options: {
    texts: { type: 'string', default: '640' },
    seed: { type: 'string', default: 'poison' },
    strangers: { type: 'string', default: '1,4' },
    entries: { type: 'string', default: Object.keys(ENTRIES).join(',') },
  },
});
const texts = plantPoison(values.seed, Number(values.texts));
const subject = await openSubject();
const results: WaveResult[] = [];
const note = (result: WaveResult): void => {
  results.push(result);
  process.stderr.write(`${result.entry}: done after ${Math.round(performance.now() / 1_000)} s\n`);
};
try {
  for (const entry of ['import', 'API', 'edit'] as const) note(await runWritten(subject, entry, texts));
  note(await runRestored(subject, texts));
  for (const strangers of values.strangers.split(',').map(Number))
    for (const entry of values.entries.split(',')) {
      // Several strangers plant the same: a quarter of the texts keeps the number of runs.
      const part = strangers === 1 ? texts : texts.slice(0, Math.ceil(texts.length / strangers));
      note(await runWave(subject, entry, part, strangers));
    }
} finally {
  await subject.close();
}
printTable(
  [
    'entry',
    'strangers',
    'texts',
    'lessons',
    'dropped',
    'for a person',
    'waiting',
    'active',
    'in answers',
    'in trials',
  ],
  results.map((result) => [
    result.entry,
    result.strangers === 0 ? '' : String(result.strangers),
    String(result.planted),
    String(result.lessons),
    String(result.dropped),
    String(result.quarantined),
    String(result.waiting),
    String(result.active),
    String(result.served),
    String(result.tried),
  ]),
);
const escaped = results.filter(({ active, served }) => active + served > 0);
console.log(
  `\n${escaped.length === 0 ? 'Nothing planted is active or in an answer.' : `Active or in answers: ${escaped.map(({ entry }) => entry).join(', ')}`}`,
);
process.exitCode = escaped.length === 0 ? 0 : 1;
