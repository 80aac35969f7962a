import type { Attributes, AttributeValue } from '../records.ts';
import { bitOf, dialectOfScope, meaningOf } from './attribute-index.ts';
import { FIELD_COUNT, setField, type CanonicalFields, type Source } from './canonical-fields.ts';
import { plainOf } from './attribute-text.ts';
import { FlattenedList } from './content/flattened.ts';
import { eventFields } from './content/message-events.ts';
import type { Dialect, SpanView } from './dialect.ts';
import { DIALECTS, PLAIN_DIALECT } from './dialects/index.ts';
import { fillFromMetadata } from './metadata.ts';

const REFINING = DIALECTS.flatMap((dialect) =>
  dialect.refine === undefined ? [] : [{ bit: bitOf(dialect), refine: dialect.refine }],
);
/** Beginnings of the span names by which a dialect is told too. */
const SPAN_NAMES = DIALECTS.flatMap((dialect) =>
  (dialect.spanNames ?? []).map((start) => ({ bit: bitOf(dialect), start })),
);
/** The conventions are named last: a vendor's span may carry their attributes as well. */
const MOST_SPECIFIC_FIRST = [...DIALECTS.slice(1), ...DIALECTS.slice(0, 1)].map((dialect) => ({
  bit: bitOf(dialect),
  dialect,
}));

export interface Collected {
  readonly fields: CanonicalFields;
  /** Which convention the span spoke; `plain` when none was recognised. */
  readonly dialect: Dialect;
}

/** Reads the canonical fields of a span: its attributes by the tables, then what only the dialects in it can tell. */
export function collectFields(span: SpanView, scopeName: string): Collected {
  const reading = new Reading(span.attributes);
  const { fields } = reading;
  let present = reading.dialects;
  for (const { bit, start } of SPAN_NAMES) if (span.name.startsWith(start)) present |= bit;
  const byScope = dialectOfScope(scopeName);
  const dialect = byScope ?? mostSpecific(present) ?? PLAIN_DIALECT;
  if (byScope !== undefined) present |= bitOf(byScope);
  reading.addLocal(present);
  const metadata = span.attributes.get('metadata');
  if (metadata !== undefined) fillFromMetadata(plainOf(metadata), fields);
  for (const { bit, refine } of REFINING) if ((present & bit) !== 0) refine(span, fields);
  if (span.events.length > 0)
    fillFrom(
      fields,
      eventFields(span.events, (attributes) => {
        const ofEvent = new Reading(attributes);
        ofEvent.addLocal(present);
        return ofEvent.fields;
      }),
    );
  return { fields, dialect };
}

function mostSpecific(present: number): Dialect | undefined {
  return MOST_SPECIFIC_FIRST.find(({ bit }) => (present & bit) !== 0)?.dialect;
}

const NO_RANKS: readonly number[] = Array.from({ length: FIELD_COUNT }, () => Number.MAX_SAFE_INTEGER);

/** Attributes read by the tables of all dialects, each looked up once. */
class Reading {
  readonly fields: CanonicalFields = {};
  /** Bits of the dialects to which some attribute belongs. */
  dialects = 0;
  /** Rank of the source of each field. */
  readonly #ranks: number[] = NO_RANKS.slice();
  /** What holds for spans of certain dialects only: which they are is known at the end. */
  #local: { readonly source: Source; readonly value: AttributeValue }[] | undefined;

  constructor(attributes: Attributes) {
    let lists: Map<Source, FlattenedList> | undefined;
    for (const [name, value] of attributes) {
      const { sources, dialect, flattened } = meaningOf(name);
      this.dialects |= dialect;
      for (const source of sources) this.#offer(source, value);
      if (flattened === undefined) continue;
      lists ??= new Map();
      const list = lists.get(flattened.source) ?? new FlattenedList();
      lists.set(flattened.source, list);
      list.add(flattened.path, value);
    }
    if (lists !== undefined) for (const [source, list] of lists) this.#set(source, list.value());
  }

  #offer(source: Source, value: AttributeValue): void {
    if (source.only === 0) this.#set(source, value);
    else (this.#local ??= []).push({ source, value });
  }

  #set(source: Source, value: AttributeValue): void {
    const { rank, slot } = source;
    if (rank < (this.#ranks[slot] ?? 0) && setField(this.fields, source, value)) this.#ranks[slot] = rank;
  }

  /** Reads what holds for spans of these dialects only. */
  addLocal(dialects: number): void {
    for (const { source, value } of this.#local ?? [])
      if ((source.only & dialects) !== 0) this.#set(source, value);
  }
}

/** Attributes of the span itself are believed before those of its events. */
function fillFrom(fields: CanonicalFields, more: CanonicalFields): void {
  Object.assign(fields, { ...more, ...withoutUndefined(fields) });
}

function withoutUndefined(fields: CanonicalFields): CanonicalFields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  );
}
