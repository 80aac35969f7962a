import type { AttributeValue, DecodedLog, DecodedSpan } from '../../records.ts';

const VALUES: readonly [string, AttributeValue][] = [
  ['text', 'äöü'],
  ['bool', true],
  ['integer', -9_223_372_036_854_775_808n],
  ['double', 0.1],
  ['bytes', new Uint8Array([0, 255])],
  ['list', ['a', 1n, [null, { deep: false }]]],
  ['object', { one: 1n, two: { three: [2.5] } }],
  ['nothing', null],
  ['gen_ai.operation.name', 'chat'],
  ['gen_ai.usage.input_tokens', 12n],
  ['gen_ai.input.messages', '[{"role":"user","parts":[{"type":"text","content":"hello"}]}]'],
];
const OWNER = {
  resource: {
    attributes: new Map<string, AttributeValue>([['service.name', 'shop']]),
    schemaUrl: 'https://s/1',
  },
  scope: { name: 'scope', version: '1.2.3', attributes: new Map<string, AttributeValue>([['a', 'b']]) },
};
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
const START = 1_763_000_000_000_000_001n;

/** A span that uses every field of the protocol that is read. */
export const EVERY_SPAN_FIELD: DecodedSpan = {
  ...OWNER,
  traceId: TRACE_ID,
  spanId: SPAN_ID,
  parentSpanId: '00f067aa0ba902b7',
  traceState: 'a=1',
  flags: 0x301,
  name: 'chat',
  otelKind: 'Client',
  startUnixNano: START,
  endUnixNano: START + 5_000_000n,
  status: 'Error',
  statusMessage: 'failed',
  attributes: new Map(VALUES),
  events: [{ timeUnixNano: START, name: 'gen_ai.evaluation.result', attributes: new Map(VALUES) }],
  links: [{ traceId: TRACE_ID, spanId: SPAN_ID, traceState: 'b=2', attributes: new Map(VALUES) }],
};

/** The same for a log record. */
export const EVERY_LOG_FIELD: DecodedLog = {
  ...OWNER,
  timeUnixNano: START,
  observedTimeUnixNano: START + 1n,
  traceId: TRACE_ID,
  spanId: SPAN_ID,
  flags: 1,
  severityNumber: 9,
  severityText: 'INFO',
  eventName: 'gen_ai.evaluation.result',
  body: { content: 'hello', parts: [1n, 2n] },
  attributes: new Map(VALUES),
};

const BARE_SPAN: DecodedSpan = { ...EVERY_SPAN_FIELD, attributes: new Map(), events: [], links: [] };
const BARE_LOG: DecodedLog = { ...EVERY_LOG_FIELD, body: null, attributes: new Map() };

/** One span for each thing that a span can have: short inputs are many, and what breaks one is easily seen. */
export const SMALL_SPANS: readonly DecodedSpan[] = [
  BARE_SPAN,
  ...VALUES.map((entry) => ({ ...BARE_SPAN, attributes: new Map([entry]) })),
  ...EVERY_SPAN_FIELD.events.map((event) => ({ ...BARE_SPAN, events: [event] })),
  ...EVERY_SPAN_FIELD.links.map((link) => ({ ...BARE_SPAN, links: [link] })),
];

/** The same for log records. */
export const SMALL_LOGS: readonly DecodedLog[] = [
  BARE_LOG,
  ...VALUES.map(([, body]) => ({ ...BARE_LOG, body })),
  ...VALUES.map((entry) => ({ ...BARE_LOG, attributes: new Map([entry]) })),
];
