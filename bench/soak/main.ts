import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { HEAP_FLAGS, inDirectory, nextMessage, nextNumbers, startProgram } from '../child-process.ts';
import { runPhase, type PhaseResult } from './phase.ts';

const RSS_BYTES_MAX = 700_000_000;
const STEADY_RATE = 250;
const STEADY_CORE_SHARE_MAX = 0.08;
/** Growth that would add a tenth to the limit within an hour: below it memory is called level. */
const GROWTH_MIB_PER_MINUTE_MAX = 1;

/**
 * `npm run bench:soak -- [--minutes 30] [--rate 3000] [--steady-minutes 5]`: one collector with the product's settings under its
 * rated load, then under a trickle, GenAI spans of 2 kB in traces of 8. Ends with code 1 when a verdict is bad.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '3000' },
    'steady-minutes': { type: 'string', default: '5' },
  },
});
const verdicts: [good: boolean, text: string][] = [];
await inDirectory(async (directory) => {
  const collector = startProgram(new URL('./collector.ts', import.meta.url), [directory], HEAP_FLAGS);
  const { url } = await nextMessage(collector, ['url']);
  const steady = { name: 'steady', rate: STEADY_RATE, minutes: Number(values['steady-minutes']) };
  const rated = { name: 'rated', rate: Number(values.rate), minutes: Number(values.minutes) };
  const trickle = await runPhase(collector, String(url), steady, 0);
  const load = await runPhase(collector, String(url), rated, trickle.sent);
  collector.send('end');
  const { spans, runs, bytesOnDisk } = await nextNumbers(collector, ['spans', 'runs', 'bytesOnDisk']);
  await once(collector, 'exit');
  judge(trickle, load, spans);
  console.log(`\n${spans} spans and ${runs} runs stored, ${Math.round(bytesOnDisk / spans)} bytes per span`);
});
for (const [good, text] of verdicts) console.log(`${good ? 'ok ' : 'BAD'}  ${text}`);
process.exitCode = verdicts.every(([good]) => good) ? 0 : 1;

function judge(trickle: PhaseResult, load: PhaseResult, spans: number): void {
  const { rssMaxBytes, growth } = load;
  const sent = trickle.sent + load.sent;
  verdicts.push(
    [spans === sent, `stored ${spans} of ${sent} spans`],
    [load.refused + trickle.refused === 0, `${load.refused + trickle.refused} requests refused`],
    [
      load.sent >= 0.95 * Number(values.rate) * Number(values.minutes) * 60,
      `the sender kept its rate: ${load.sent} spans`,
    ],
    [
      rssMaxBytes < RSS_BYTES_MAX,
      `RSS at most ${Math.round(rssMaxBytes / 1e6)} MB, limit ${RSS_BYTES_MAX / 1e6} MB`,
    ],
    [
      growth.high <= GROWTH_MIB_PER_MINUTE_MAX,
      `RSS grows by ${growth.perUnit.toFixed(2)} MiB per minute (95 %: ${growth.low.toFixed(2)} to ${growth.high.toFixed(2)}), ` +
        `limit ${GROWTH_MIB_PER_MINUTE_MAX}; needs four minutes to say anything`,
    ],
    [
      trickle.coreShare <= STEADY_CORE_SHARE_MAX,
      `${STEADY_RATE} spans/s take ${(trickle.coreShare * 100).toFixed(1)} % of a core, limit ${STEADY_CORE_SHARE_MAX * 100} %`,
    ],
  );
}
