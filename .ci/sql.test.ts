import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = path.dirname(import.meta.dirname);

/** A template with what is put into it. */
interface Template {
  readonly text: string;
  readonly expressions: readonly string[];
}

/** All template literals of a source text, those inside others too. Comments, strings and regular expressions are passed over. */
function templatesOf(source: string): Template[] {
  const found: Template[] = [];
  let at = 0;

  const skipTo = (end: string): void => {
    const next = source.indexOf(end, at);
    at = next === -1 ? source.length : next + end.length;
  };
  const skipQuoted = (quote: string): void => {
    for (at += 1; at < source.length && source[at] !== quote && source[at] !== '\n'; at++)
      if (source[at] === '\\') at += 1;
    at += 1;
  };
  const skipPattern = (): void => {
    let inClass = false;
    for (at += 1; at < source.length && (inClass || source[at] !== '/') && source[at] !== '\n'; at++) {
      if (source[at] === '\\') at += 1;
      else if (source[at] === '[') inClass = true;
      else if (source[at] === ']') inClass = false;
    }
    at += 1;
  };
  const template = (): void => {
    const from = at;
    const expressions: string[] = [];
    for (at += 1; at < source.length && source[at] !== '`'; at++) {
      if (source[at] === '\\') at += 1;
      else if (source.startsWith('${', at)) {
        at += 2;
        const begin = at;
        code('}');
        expressions.push(source.slice(begin, at).replaceAll(/\s+/g, ' ').trim());
      }
    }
    at += 1;
    found.push({ text: source.slice(from, at), expressions });
  };
  /** Up to the closing brace of an expression, or the end. */
  const code = (end: '}' | undefined): void => {
    let depth = 0;
    while (at < source.length) {
      const character = source[at] ?? '';
      if (character === '`') template();
      else if (character === "'" || character === '"') skipQuoted(character);
      else if (source.startsWith('//', at)) skipTo('\n');
      else if (source.startsWith('/*', at)) skipTo('*/');
      else if (
        character === '/' &&
        /(?:^|[(,=:[!&|?{};\n]|=>|\breturn)\s*$/.test(source.slice(Math.max(0, at - 40), at))
      )
        skipPattern();
      else {
        if (character === end && depth === 0) return;
        if (character === '{') depth += 1;
        if (character === '}') depth -= 1;
        at += 1;
      }
    }
  };
  code(undefined);
  return found;
}

const SQL =
  /\b(?:SELECT\s[^]*\bFROM|INSERT\s+INTO|(?:CREATE|ALTER|DROP|OPTIMIZE|TRUNCATE|EXISTS|RENAME)\s+(?:TABLE|DATABASE|VIEW|MATERIALIZED|INDEX|USER)|DELETE\s+FROM|KILL\s+QUERY|(?:BACKUP|RESTORE)\s+DATABASE|SYSTEM\s+(?:STOP|START)|PARTITION\s+(?:ID\s+)?'|(?:WHERE|AND|OR)\s+\S+\s*(?:=|!=|<|>|IN\b|LIKE\b)|(?:ORDER|GROUP)\s+BY\s|LIMIT\s+\S)/;

/**
 * What may stand in SQL text because it cannot be bound: names that were checked, and constants of the program. Never a value
 * that came from outside.
 */
const CHECKED: readonly RegExp[] = [
  // Checked where the store is opened.
  /^(?:(?:this\.#\w+|store|names)\.)?database$/,
  // Tables and columns from the constants of the schema.
  /^(?:table|runs|results|cycles|reports|support|\w*[tT]able|[A-Z][A-Z_]*)\.name$/,
  // Constants: fragments of SQL and limits.
  /^[A-Z][A-Z0-9_]*$/,
  /^(?:checkedDatabase|checkedCluster|checkedDay|dayDigits|localTable|onCluster|systemTable)\([\w., ']*\)$/,
];

/** Everything else, by file: why it is no value from outside, and the expressions. */
const KNOWN: Readonly<Record<string, readonly [reason: string, ...expressions: string[]]>> = {
  'collector/src/store/chdb/connection.ts': ['the text of an error', 'params.query.slice(0, 80)'],
  'collector/src/store/client-driver.ts': [
    'table and columns of an insert, checked to be identifiers right before',
    "rows.table.includes('.') ? rows.table : `${database}.${rows.table}`",
    'columns',
  ],
  'collector/src/store/delete-rows.ts': [
    'conditions with bound values, from erasure and retention; days are checked',
    'table',
    'condition',
    "day === undefined ? '' : ` AND _partition_id = '${dayDigits(day)}'`",
    'rewritten',
    'partition',
    'dropped',
  ],
  'collector/src/store/erasure.ts': [
    'one of three kinds, and columns named in the file',
    'column',
    'condition',
    'kind',
    'inRuns',
  ],
  'collector/src/store/migrations.ts': ['columns of the ledger, from a constant', "columns.join(', ')"],
  'collector/src/store/operations/backup.ts': [
    'a place with bound values, and an id made here',
    'target.sql',
    'id',
  ],
  'collector/src/store/operations/export-rows.ts': [
    'one of four tables with its columns, from constants; conditions with bound values',
    'columns',
    'name',
    "final ? ' FINAL' : ''",
    "conditions.join(' AND ')",
  ],
  'collector/src/store/operations/optimize.ts': ['a system table', 'parts'],
  'collector/src/store/operations/otel-table.ts': [
    'a table name checked to be one; columns named in the file',
    "database === undefined ? 'currentDatabase()' : '{database: String}'",
    'nanos',
    ...[
      'ParentSpanId',
      'TraceState',
      'SpanKind',
      'ServiceName',
      'ScopeName',
      'ScopeVersion',
      'StatusCode',
      'StatusMessage',
    ].map((name) => `column('${name}', "''")`),
    "column('Duration', '0')",
    ...['Events.Timestamp', 'Events.Name', 'Links.TraceId', 'Links.SpanId', 'Links.TraceState'].map(
      (name) => `column('${name}', '[]')`,
    ),
    ...['resource', 'span', 'events', 'links'].flatMap((name) => [`${name}.values`, `${name}.types`]),
    'table',
  ],
  'collector/src/store/operations/restore.ts': [
    'two tables with their columns, named in the file; a query that the engine itself keeps of a view of the schema',
    'table',
    'id',
    'more',
    'view.spans',
  ],
  'collector/src/store/operations/store-status.ts': ['a system table', 'from'],
  'collector/src/store/queries.ts': [
    'conditions from a constant, values bound',
    "['project = {project: String}', ...conditions].join('\\n AND ')",
  ],
  'collector/src/store/retention.ts': [
    'tables and columns named in the file',
    'column',
    'table',
    'condition',
  ],
  'collector/src/store/search-queries.ts': [
    'conditions from a constant, values bound',
    "conditions.map((condition) => `AND ${condition}`).join('\\n ')",
    "conditions.join(' AND ')",
  ],
  'collector/src/store/span-queries.ts': [
    'fragments from constants of the file',
    "sized ? CONTENT_BYTES : '0'",
    'CONTENT[content]',
    'CONTENT.full',
    'CONTENT.none',
  ],
  'collector/src/store/text-index.ts': ['tables named in the file', 'table'],
  'collector/src/store/word-index.ts': [
    'tables named in the file; days as the engine names them',
    'table',
    'day',
    "commands.join(', ')",
  ],
  'collector/src/tenancy/audit-log.ts': ['the table of a constant', 'log'],
  'dashboards/src/grafana/filters.ts': ['columns named in the file', 'column'],
  'dashboards/src/grafana/macros.ts': [
    'what Grafana fills in, for tests: numbers',
    'column',
    'fromSeconds',
    'toSeconds',
  ],
  'dashboards/src/grafana/overview-queries.ts': [
    'written at build time',
    'runs',
    'unit',
    'models',
    /^share\(/.source,
  ],
  'dashboards/src/grafana/runs-and-traces-queries.ts': [
    'written at build time',
    'columns',
    'matching',
    'end',
    /^DURATION_CLASSES/.source,
    'filters()',
  ],
  'learner/src/evals/eval-case-store.ts': ['the table of a constant', 'name'],
  'learner/src/evals/eval-run-store.ts': [
    'conditions with bound values; a limit of the program',
    'where',
    'limit',
  ],
  'learner/src/knowledge/knowledge-log.ts': ['the table of a constant with its columns', 'columns', 'table'],
  'learner/src/learn/records/pass-log.ts': [
    'conditions with bound values; a limit of the program',
    'where',
    'limit',
  ],
  'learner/src/learn/records/verdict-log.ts': [
    'conditions with bound values; a limit of the program',
    'where',
    'limit',
  ],
  'learner/src/online/unit-reader.ts': ['a query of the file', 'select'],
  'learner/src/reports/prediction-reader.ts': [
    'conditions of the file',
    "COUNTS('(failed AND signature = name)')",
    "COUNTS('failed')",
  ],
  'learner/src/store/erase-subject.ts': ['columns named in the file', 'column'],
};

function sources(): string[] {
  return ['collector/src', 'learner/src', 'dashboards/src'].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => path.join(folder, file))
      .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|\.testing\.ts$|(^|\/)testing\//.test(file)),
  );
}

/** What a file puts into SQL besides what is checked or listed. */
function unlisted(file: string): string[] {
  const [, ...known] = KNOWN[file] ?? [''];
  return templatesOf(readFileSync(path.join(ROOT, file), 'utf8'))
    .filter(({ text }) => SQL.test(text))
    .flatMap(({ expressions }) => expressions)
    .filter((expression) => !CHECKED.some((form) => form.test(expression)))
    .filter(
      (expression) =>
        !known.some((form) =>
          form.startsWith('^') ? new RegExp(form).test(expression) : form === expression,
        ),
    )
    .map((expression) => `${file}: \${${expression}}`);
}

describe('SQL', () => {
  test('the reader of templates sees them all', () => {
    const source =
      "const a = `SELECT ${x} FROM ${`t_${y}`}`; // `no ${z}`\nconst b = /[`'\"]/; const c = '`${d}`'; f(`${{ e: 1 }.e}`);";
    expect(templatesOf(source).map(({ expressions }) => expressions)).toEqual([
      ['y'],
      ['x', '`t_${y}`'],
      ['{ e: 1 }.e'],
    ]);
  });

  test('statements and parts of them are told from other texts', () => {
    const sql = [
      'SELECT a\nFROM b',
      'ALTER TABLE x DELETE',
      'project = {project: String} AND x IN y',
      "PARTITION '2'",
      ' LIMIT 5',
    ];
    expect(sql.filter((text) => !SQL.test(`\`WHERE ${text}\``) && !SQL.test(text))).toEqual([]);
    expect(
      ['Selected from the list', 'a table of tables', 'where it stands'].filter((text) => SQL.test(text)),
    ).toEqual([]);
  });

  test('values are bound: nothing stands in SQL text but checked names, constants and what is listed here', () => {
    const files = sources();
    expect(files.length).toBeGreaterThan(200);
    expect(files.flatMap(unlisted)).toEqual([]);
  });

  test('the list names files that are there', () => {
    const files = new Set(sources());
    expect(Object.keys(KNOWN).filter((file) => !files.has(file))).toEqual([]);
  });
});
