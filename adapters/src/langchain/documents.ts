import { defined, field, listAt, textAt } from './field.ts';

/** Retrieved documents in the conventions' form. */
export function documentsOf(documents: unknown): readonly Readonly<Record<string, unknown>>[] {
  return listAt(documents).map((document) => ({
    content: textAt(document, 'pageContent') ?? '',
    ...defined({
      id: textAt(document, 'id'),
      score: field(document, 'metadata', 'score'),
      metadata: field(document, 'metadata'),
    }),
  }));
}
