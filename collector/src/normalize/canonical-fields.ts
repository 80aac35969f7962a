import type { Attributes, AttributeValue } from '../records.ts';
import { textOf } from './attribute-text.ts';
import { parsedJson } from './content/message-part.ts';

const TEXT_FIELDS = [
  'operation',
  'provider',
  'requestModel',
  'responseModel',
  'responseId',
  'agent',
  'tool',
  'toolCallId',
  'conversationId',
  'sessionId',
  'userId',
  'errorType',
  'errorMessage',
  'level',
  'environment',
] as const;
const NUMBER_FIELDS = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'totalTokens',
  'timeToFirstChunk',
  'reportedCost',
] as const;
const LIST_FIELDS = ['finishReasons', 'tags'] as const;
const CONTENT_FIELDS = [
  'input',
  'output',
  'systemInstructions',
  'toolDefinitions',
  'toolArguments',
  'toolResult',
] as const;

export type TextField = (typeof TEXT_FIELDS)[number];
export type NumberField = (typeof NUMBER_FIELDS)[number];
export type ListField = (typeof LIST_FIELDS)[number];
export type ContentField = (typeof CONTENT_FIELDS)[number];
export type CanonicalField = TextField | NumberField | ListField | ContentField;

/** Longest name or id in a column of its own, characters. The attribute itself is kept whole. */
const NAME_CHARACTERS_MAX = 1_024;
/** Longest list in a column of its own. */
const LIST_ITEMS_MAX = 256;

/** What a span says, in our words, whatever dialect it spoke. Absent is unknown. */
export type CanonicalFields = Partial<Record<TextField, string>> &
  Partial<Record<NumberField, number>> &
  Partial<Record<ListField, readonly string[]>> &
  Partial<Record<ContentField, AttributeValue>>;

/**
 * Attribute names by field, best first. A name that ends in `.*` stands for the flattened list below that prefix
 * (`llm.input_messages.0.message.role`, …).
 */
export type Sources = Readonly<Partial<Record<CanonicalField, readonly string[]>>>;

/** The place of one attribute name in the sources: a lower rank wins. */
export type Source = Place &
  (
    | { readonly kind: 'text'; readonly field: TextField }
    | { readonly kind: 'number'; readonly field: NumberField }
    | { readonly kind: 'list'; readonly field: ListField }
    | { readonly kind: 'content'; readonly field: ContentField }
  );

interface Place {
  readonly rank: number;
  /** Number of the field, below {@link FIELD_COUNT}. */
  readonly slot: number;
  /** Bits of the dialects for whose spans it holds; 0 for all. */
  readonly only: number;
}

const FIELDS: readonly CanonicalField[] = [
  ...TEXT_FIELDS,
  ...NUMBER_FIELDS,
  ...LIST_FIELDS,
  ...CONTENT_FIELDS,
];
export const FIELD_COUNT: number = FIELDS.length;

const TEXT = new Set<string>(TEXT_FIELDS);
const NUMBER = new Set<string>(NUMBER_FIELDS);
const LIST = new Set<string>(LIST_FIELDS);

function isText(field: CanonicalField): field is TextField {
  return TEXT.has(field);
}
function isNumber(field: CanonicalField): field is NumberField {
  return NUMBER.has(field);
}
function isList(field: CanonicalField): field is ListField {
  return LIST.has(field);
}

export function sourceOf(field: CanonicalField, rank: number, only: number): Source {
  const place: Place = { rank, only, slot: FIELDS.indexOf(field) };
  if (isText(field)) return { kind: 'text', field, ...place };
  if (isNumber(field)) return { kind: 'number', field, ...place };
  if (isList(field)) return { kind: 'list', field, ...place };
  return { kind: 'content', field, ...place };
}

/** Sets the field of a source from an attribute value when the value fits the field; false when it does not. */
export function setField(fields: CanonicalFields, source: Source, value: AttributeValue): boolean {
  if (source.kind === 'text')
    return assign(fields, source.field, IDENTITIES.has(source.field) ? readId(value) : readName(value));
  if (source.kind === 'number') return assign(fields, source.field, readNumber(value));
  if (source.kind === 'list') return assign(fields, source.field, readList(value));
  return assign(fields, source.field, isEmpty(value) ? undefined : value);
}

function assign<F extends CanonicalField>(
  fields: CanonicalFields,
  field: F,
  value: CanonicalFields[F] | undefined,
): boolean {
  if (value === undefined) return false;
  fields[field] = value;
  return true;
}

/** A text for a column of names or ids, cut to its longest. */
export function readName(value: AttributeValue): string | undefined {
  const text = readText(value);
  return text === undefined || text.length <= NAME_CHARACTERS_MAX ? text : text.slice(0, NAME_CHARACTERS_MAX);
}

/** Whose many runs these are: strangers must not be taken for one because their senders wrote out that they know nobody. */
const IDENTITIES: ReadonlySet<TextField> = new Set(['conversationId', 'sessionId', 'userId']);
const NOBODY: ReadonlySet<string> = new Set(['null', 'undefined', 'None']);

function readId(value: AttributeValue): string | undefined {
  const id = readName(value);
  return id === undefined || NOBODY.has(id) ? undefined : id;
}

export function readText(value: AttributeValue): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (value === null || (typeof value === 'object' && !(value instanceof Uint8Array))) return undefined;
  const text = textOf(value);
  return text === '' ? undefined : text;
}

/** Counts and seconds: finite, not negative; numbers written as text are read too. */
export function readNumber(value: AttributeValue): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'string') return undefined;
  if (typeof value === 'string' && value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** Sum of the numbers among these attributes; `undefined` when there is none. */
export function sumOf(attributes: Attributes, names: readonly string[]): number | undefined {
  const numbers = names.flatMap((name) => readNumber(attributes.get(name) ?? null) ?? []);
  return numbers.length === 0 ? undefined : numbers.reduce((sum, number) => sum + number, 0);
}

/** A list of texts; one text is a list of one, a JSON array in a text is its elements. */
export function readList(value: AttributeValue): readonly string[] | undefined {
  if (Array.isArray(value)) return namesIn(value);
  if (typeof value !== 'string' || value === '') return undefined;
  const parsed = value.startsWith('[') ? parsedJson(value) : value;
  if (!Array.isArray(parsed)) return [value.slice(0, NAME_CHARACTERS_MAX)];
  return readList(parsed.filter((element) => typeof element === 'string'));
}

function namesIn(values: readonly AttributeValue[]): readonly string[] | undefined {
  const names: string[] = [];
  for (let index = 0; index < values.length && index < LIST_ITEMS_MAX; index += 1) {
    const name = readName(values[index] ?? null);
    if (name !== undefined) names.push(name);
  }
  return names.length === 0 ? undefined : names;
}

function isEmpty(value: AttributeValue): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
