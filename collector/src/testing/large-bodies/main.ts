import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import type { AttributeValue, DecodedSpan } from '../../records.ts';
import { encodeJson, encodeProtobuf } from '../fuzz/encode-request.ts';
import { EVERY_SPAN_FIELD } from '../fuzz/every-field.ts';
import { post } from '../post.ts';

// Sends the largest bodies that are accepted and says how long the longest step was that one of them caused on the main
// thread: for that long nothing else is answered. Run it with
//   UV_THREADPOOL_SIZE=16 node --conditions=@tracelore/source collector/src/testing/large-bodies/main.ts

const TEXT = 'Agents call tools, models answer questions, and now and then something goes wrong. ';

function span(attributes: ReadonlyMap<string, AttributeValue>): DecodedSpan {
  const ids = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') };
  const startUnixNano = BigInt(Date.now()) * 1_000_000n;
  return {
    ...EVERY_SPAN_FIELD,
    ...ids,
    startUnixNano,
    endUnixNano: startUnixNano,
    attributes,
    events: [],
    links: [],
  };
}

/** A model's span with a conversation of so many characters. */
function conversation(characters: number): DecodedSpan {
  const content = TEXT.repeat(Math.ceil(characters / TEXT.length)).slice(0, characters);
  const messages = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content }] }]);
  return span(
    new Map([
      ['gen_ai.operation.name', 'chat'],
      ['gen_ai.input.messages', messages],
    ]),
  );
}

function numbers(count: number): ReadonlyMap<string, AttributeValue> {
  return new Map(Array.from({ length: count }, (_, index) => [`k${index}`, BigInt(index)]));
}

const many = <Item>(length: number, make: () => Item): Item[] => Array.from({ length }, make);
const LOADS: readonly (readonly [name: string, spans: () => DecodedSpan[]])[] = [
  ['22 000 spans of 2 KB', () => many(22_000, () => conversation(2_000))],
  ['60 spans of 1 MB', () => many(60, () => conversation(1_000_000))],
  ['one span of 60 MB', () => [conversation(60_000_000)]],
  ['49 000 spans of nothing', () => many(49_000, () => span(new Map()))],
  ['400 spans of 2 000 attributes', () => many(400, () => span(numbers(2_000)))],
  ['one span of 50 000 attributes', () => [span(numbers(50_000))]],
  ['one span of 600 000 attributes', () => [span(numbers(600_000))]],
];

interface Told {
  readonly url: string;
  readonly longestMs: number;
  readonly rssBytes: number;
  readonly cpuMs: number;
}

const service = fork(new URL('service.ts', import.meta.url));
const told = async (): Promise<Told> => {
  const [message]: Told[] = await once(service, 'message');
  if (message === undefined) throw new Error('the service is gone');
  return message;
};
const asked = (): Promise<Told> => {
  service.send('ask');
  return told();
};

const { url } = await told();
process.stdout.write(
  `load average ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}\n`,
);
for (const [name, make] of LOADS) {
  const spans = make();
  const bodies = [
    ['JSON', 'application/json', encodeJson('traces', spans)],
    ['protobuf', 'application/x-protobuf', encodeProtobuf(spans)],
  ] as const;
  for (const [how, type, body] of bodies) {
    const before = await asked();
    const beganAt = performance.now();
    const answer = await post(url, body, { type });
    const ms = performance.now() - beganAt;
    const after = await asked();
    const parts = [
      name.padEnd(32),
      how.padEnd(8),
      `${(body.length / 1e6).toFixed(1)} MB`.padStart(8),
      `${answer.status} after ${ms.toFixed(0)} ms`,
      `longest step ${after.longestMs.toFixed(0)} ms of processor time`,
      `${(after.cpuMs - before.cpuMs).toFixed(0)} ms in all`,
      `${(after.rssBytes / 1_048_576).toFixed(0)} MiB`,
    ];
    process.stdout.write(`${parts.join('  ')}\n`);
  }
}
service.send('end');
