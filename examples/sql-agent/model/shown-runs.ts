/** One span of a run, as an analyst is shown it. */
export interface ShownSpan {
  readonly label: string;
  readonly kind: string;
  readonly input: string;
  readonly output: string;
}

/** One run, as an analyst is shown it. */
export interface ShownRun {
  readonly failed: boolean;
  readonly spans: readonly ShownSpan[];
  readonly outcome: string;
}

/** Reads the runs in a prompt: `<run verdict="…"><span label="…" kind="…"><input>…</input>…</span>…<outcome>…</outcome></run>`. */
export function readShownRuns(prompt: string): readonly ShownRun[] {
  return [...elements(prompt, 'run')].map(({ attributes, body }) => ({
    failed: attributes.get('verdict') === 'failed',
    spans: [...elements(body, 'span')].map((span) => ({
      label: span.attributes.get('label') ?? '',
      kind: span.attributes.get('kind') ?? '',
      input: textIn(span.body, 'input'),
      output: textIn(span.body, 'output'),
    })),
    outcome: textIn(body, 'outcome'),
  }));
}

interface Element {
  readonly attributes: ReadonlyMap<string, string>;
  readonly body: string;
}

function* elements(text: string, name: string): Generator<Element> {
  const pattern = new RegExp(`<${name}(?<attributes>(?: [\\w-]+="[^"]*")*)>(?<body>.*?)</${name}>`, 'gs');
  for (const { groups } of text.matchAll(pattern)) {
    const attributes = new Map<string, string>();
    for (const [, key, value] of (groups?.['attributes'] ?? '').matchAll(/([\w-]+)="([^"]*)"/g)) {
      if (key !== undefined && value !== undefined) attributes.set(key, plain(value));
    }
    yield { attributes, body: groups?.['body'] ?? '' };
  }
}

function textIn(body: string, name: string): string {
  for (const element of elements(body, name)) return plain(element.body);
  return '';
}

function plain(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
