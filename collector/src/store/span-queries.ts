import { LOOK_UP } from './queries.ts';

/** Queries of the spans of one run. */

/** Characters that a preview shows of a text. */
export const PREVIEW_CHARACTERS = 1_000;

const OF_RUN = `project = {project: String} AND run_id = {run: String}
  AND start_time BETWEEN {first: DateTime64(9, 'UTC')} AND {last: DateTime64(9, 'UTC')}`;

/** Which spans stand on a page of a run, one row per span however often it was exported. */
export const SPANS_OF_PAGE: string = `
SELECT trace_id, span_id, toString(start_time) AS start
FROM {database}.spans
WHERE ${OF_RUN}
ORDER BY start_time, trace_id, span_id, received_at DESC
LIMIT 1 BY trace_id, span_id
LIMIT {limit: UInt32} OFFSET {offset: UInt32}`;

const BY_ID = `trace_id IN {traces: Array(String)} AND span_id IN {spans: Array(String)}`;

/** Where the one span of this id stands; several traces of a run may have one. */
export const SPAN_PLACE: string = `
SELECT trace_id, span_id, toString(start_time) AS start
FROM {database}.spans
WHERE ${OF_RUN} AND span_id = {span: String}
ORDER BY start_time
LIMIT 1`;

const COLUMNS = `trace_id, span_id, parent_span_id, run_id, name, kind, operation, start_time,
  duration_ns, status, status_message, error_type, provider, request_model, response_model, agent,
  tool, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost, cost_source,
  knowledge_decision, knowledge_snapshot, knowledge_arm, knowledge_items, events.name AS event_names, events.time AS event_times`;

/** How much of its content a span is read with. */
const CONTENT = {
  full: `input AS input_text, output AS output_text, system_instructions AS instructions_text,
  tool_definitions AS definitions_text, attribute_values AS attribute_texts, attribute_types,
  events.attributes AS event_attributes`,
  /** A mark in its place. */
  cut: `if(input = '', '', {mark: String}) AS input_text, if(output = '', '', {mark: String}) AS output_text,
  if(system_instructions = '', '', {mark: String}) AS instructions_text, '' AS definitions_text,
  map() AS attribute_texts, map() AS attribute_types, [] AS event_attributes`,
  preview: `substringUTF8(input, 1, {characters: UInt32}) AS input_text,
  substringUTF8(output, 1, {characters: UInt32}) AS output_text,
  substringUTF8(system_instructions, 1, {characters: UInt32}) AS instructions_text, '' AS definitions_text,
  mapFilter((name, text) -> length(text) <= {characters: UInt32}, attribute_values) AS attribute_texts,
  map() AS attribute_types,
  arrayMap(part -> mapFilter((name, text) -> length(text) <= {characters: UInt32}, part), events.attributes) AS event_attributes`,
  none: `'' AS input_text, '' AS output_text, '' AS instructions_text, '' AS definitions_text, map() AS attribute_texts,
  map() AS attribute_types, [] AS event_attributes`,
} as const;

/** Spans by their ids. Not sorted: rows may be large. */
export function spansById(content: keyof typeof CONTENT): string {
  return `
SELECT ${COLUMNS},
  ${CONTENT[content]}
FROM {database}.spans
WHERE ${OF_RUN} AND ${BY_ID}
LIMIT 1 BY trace_id, span_id`;
}

/** All spans of a run, whole and not sorted; rows, so a span that was exported twice comes twice. */
export const SPANS_OF_SMALL_RUN: string = `
SELECT ${COLUMNS},
  ${CONTENT.full}
FROM {database}.spans
PREWHERE ${OF_RUN}
${LOOK_UP}`;

/** A page of spans without content, in order of start. */
export const BARE_SPANS: string = `
SELECT ${COLUMNS},
  ${CONTENT.none}
FROM {database}.spans
PREWHERE ${OF_RUN}
ORDER BY start_time, trace_id, span_id, received_at DESC
LIMIT 1 BY trace_id, span_id
LIMIT {limit: UInt32} OFFSET {offset: UInt32}
${LOOK_UP}`;
