import { encodeRows, SPANS, type Table } from '@tracelore/collector/store';
import type { ConversationSpan } from './conversation.ts';
import { contentAttributes, contentTypes, inputText, outputText, spanRow, type Content } from './span-row.ts';
import { createSpansTable, PROJECT, readTrace, type Layout, type Place } from './spans-table.ts';
import type { Variant } from './variant.ts';

const TARGET: Table = { name: 'bench_spans', columns: SPANS.columns };

export interface Columns extends Layout {
  /** Content a second time among the attributes, under the names it was sent by. */
  readonly alsoAsSent?: boolean;
}

/** Content as text in the row of its span. */
export function inColumns(
  place: Place,
  name: string,
  { alsoAsSent = false, ...layout }: Columns = {},
): Variant {
  return {
    name,
    tables: [TARGET.name],
    create: () => createSpansTable(place, TARGET.name, layout),
    insert: async (spans, token) => {
      const rows = spans.map((span) => spanRow(span, PROJECT, contentOf(span, alsoAsSent)));
      await place.driver.insert(encodeRows(TARGET, rows, token));
    },
    read: async (from, run) => {
      const columns = 'input, output, system_instructions, tool_definitions';
      const rows = await readTrace(from, TARGET.name, run, columns);
      return rows.flatMap((row) => Object.values(row)).reduce((sum, text) => sum + text.length, 0);
    },
  };
}

function contentOf(span: ConversationSpan, alsoAsSent: boolean): Content {
  return {
    input: inputText(span),
    output: outputText(span),
    system: span.system,
    tools: span.tools,
    attributes: alsoAsSent ? contentAttributes(span) : [],
    types: alsoAsSent ? new Map() : contentTypes(span),
  };
}
