import type { Attributes, AttributeValue } from '../records.ts';
import { dialectOfScope, meaningOf } from './attribute-index.ts';
import { setField, type CanonicalField, type CanonicalFields, type Source } from './canonical-fields.ts';
import { plainOf } from './attribute-text.ts';
import { FlattenedList } from './content/flattened.ts';
import { eventFields } from './content/message-events.ts';
import type { Dialect, SpanView } from './dialect.ts';
import { DIALECTS, PLAIN_DIALECT } from './dialects/index.ts';
import { fillFromMetadata } from './metadata.ts';

const REFINING = DIALECTS.filter((dialect) => dialect.refine !== undefined);
/** Dialects that are also told by the names of their spans. */
const NAMED = DIALECTS.filter((dialect) => dialect.spanNames !== undefined);

export interface Collected {
  readonly fields: CanonicalFields;
  /** Which convention the span spoke; `plain` when none was recognised. */
  readonly dialect: Dialect;
}

/** Reads the canonical fields of a span: its attributes by the tables, then what only the dialects in it can tell. */
export function collectFields(span: SpanView, scopeName: string): Collected {
  const present = new Set<Dialect>();
  for (const name of span.attributes.keys()) {
    const { dialect } = meaningOf(name);
    if (dialect !== undefined) present.add(dialect);
  }
  for (const candidate of NAMED)
    if (candidate.spanNames?.some((start) => span.name.startsWith(start)) === true) present.add(candidate);
  const byScope = dialectOfScope(scopeName);
  const dialect = byScope ?? mostSpecific(present) ?? PLAIN_DIALECT;
  if (byScope !== undefined) present.add(byScope);
  const fields = fieldsIn(span.attributes, present);
  const metadata = span.attributes.get('metadata');
  if (metadata !== undefined) fillFromMetadata(plainOf(metadata), fields);
  for (const candidate of REFINING) if (present.has(candidate)) candidate.refine?.(span, fields);
  if (span.events.length > 0)
    fillFrom(
      fields,
      eventFields(span.events, (attributes) => fieldsIn(attributes, present)),
    );
  return { fields, dialect };
}

/** The conventions are named last: a vendor's span may carry their attributes as well. */
function mostSpecific(present: ReadonlySet<Dialect>): Dialect | undefined {
  const [conventions, ...vendors] = DIALECTS;
  return [...vendors, conventions].find((dialect) => dialect !== undefined && present.has(dialect));
}

function fieldsIn(attributes: Attributes, present: ReadonlySet<Dialect>): CanonicalFields {
  const fields: CanonicalFields = {};
  const ranks = new Map<CanonicalField, number>();
  let lists: Map<Source, FlattenedList> | undefined;
  const offer = ({ field, rank }: Source, value: AttributeValue): void => {
    if (rank < (ranks.get(field) ?? Number.POSITIVE_INFINITY) && setField(fields, field, value))
      ranks.set(field, rank);
  };
  for (const [name, value] of attributes) {
    const { sources, flattened } = meaningOf(name);
    for (const source of sources)
      if (source.only === undefined || isPresent(source.only, present)) offer(source, value);
    if (flattened === undefined) continue;
    lists ??= new Map();
    const list = lists.get(flattened.source) ?? new FlattenedList();
    lists.set(flattened.source, list);
    list.add(flattened.path, value);
  }
  if (lists !== undefined) for (const [source, list] of lists) offer(source, list.value());
  return fields;
}

function isPresent(dialect: { readonly name: string }, present: ReadonlySet<Dialect>): boolean {
  for (const candidate of present) if (candidate.name === dialect.name) return true;
  return false;
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
