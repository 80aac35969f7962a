import type { Attributes, DecodedSpan } from '../records.ts';
import type { CanonicalFields, Sources } from './canonical-fields.ts';

/**
 * One convention for the attributes of LLM spans: which attributes are which canonical fields, and the few things a table
 * cannot say. A span is recognised by its scope first, by its attributes second; its attributes are read with the tables of
 * all dialects, since real spans mix them, in the order of `dialects/index.ts`.
 */
export interface Dialect {
  /** Stored in `spans.dialect`. */
  readonly name: string;
  /** Beginnings of scope names. */
  readonly scopes: readonly string[];
  /** Beginnings of attribute names. */
  readonly prefixes: readonly string[];
  /** Beginnings of span names, for senders whose attributes have no prefix. */
  readonly spanNames?: readonly string[];
  readonly sources: Sources;
  /** The names in `sources` are too common to mean the same elsewhere: they hold for spans of this dialect only. */
  readonly sourcesAreLocal?: true;
  /** Attributes that say what a span is: their values (lower case) as operations of the GenAI conventions. */
  readonly operations?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Fills what is still unknown from shapes that are no plain attributes. Called for spans that have such a prefix or scope. */
  readonly refine?: (span: SpanView, fields: CanonicalFields) => void;
}

/** What a `refine` may look at. */
export interface SpanView {
  readonly name: string;
  readonly attributes: Attributes;
  readonly startUnixNano: bigint;
  readonly events: DecodedSpan['events'];
}
