import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { measureRetrieval } from '../../learner/src/search/retrieval-quality.testing.ts';
import { printTable } from '../sample.ts';

/**
 * How well rules are found: nDCG@10 × 100 by words alone, by vectors alone, by both, and as served, over every set of a
 * folder: one folder each with `items.jsonl` ({id, text}) and `queries.jsonl` ({id, text, relevant: id[]}).
 */
export function runRetrieval(folder: string): void {
  const sets = readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'queries.jsonl')));
  if (sets.length === 0)
    throw new Error(`--retrieval ${folder}: expected folders with items.jsonl and queries.jsonl`);
  const rows = sets.map((set) => ({ set, ...measureRetrieval(pathToFileURL(`${path.join(folder, set)}/`)) }));
  const legs = ['keywords', 'vectors', 'hybrid', 'relevant'] as const;
  const mean = legs.map((leg) => rows.reduce((sum, row) => sum + row[leg], 0) / rows.length);
  console.log('Built-in embedder, nDCG@10 × 100');
  printTable(
    ['set', 'BM25', 'vectors', 'hybrid', 'as served'],
    [
      ...rows.map((row) => [row.set, ...legs.map((leg) => row[leg].toFixed(1))]),
      ['mean', ...mean.map((value) => value.toFixed(1))],
    ],
  );
}
