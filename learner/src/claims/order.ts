import { stem } from '../search/stem.ts';
import { isContentWord } from './function-words.ts';

/** Stems of what comes first, and of what comes then. */
export type Order = readonly [first: ReadonlySet<string>, then: ReadonlySet<string>];

/** Ways to say in which order two things are done; `a` is first. */
const ORDERS: readonly RegExp[] = [
  /^(?<a>.+?) (?:first|immediate|now),? (?:and )?(?:only )?(?<b>.+?) (?:afterwards?|then|later)$/,
  /^first,? (?<a>.+?),? (?:and )?then (?<b>.+)$/,
  /^(?<a>.+?) comes? first,? then (?<b>.+)$/,
  /^(?<a>.+?) first,? (?:and )?then (?<b>.+)$/,
  /^before (?<b>.+?), (?<a>.+)$/,
  /^after (?<a>.+?), (?<b>.+)$/,
  /^once (?<a>.+?), (?<b>.+)$/,
  /^(?<b>.+?),? (?:only )?(?:after|once) (?<a>.+)$/,
  /^(?<a>.+?),? before (?<b>.+)$/,
];

/** The order that a text in lower case asks for; `undefined` = none. */
export function orderIn(plain: string): Order | undefined {
  const sentence = plain.replace(/[.!]+$/, '');
  for (const pattern of ORDERS) {
    const { a, b } = pattern.exec(sentence)?.groups ?? {};
    if (a === undefined || b === undefined) continue;
    const [first, then] = [contentStems(a), contentStems(b)];
    if (first.size > 0 && then.size > 0) return [first, then];
  }
  return undefined;
}

/** Whether both put the same two things into an order, and into which; `undefined` = they do not. */
export function comparedOrder(
  left: Order | undefined,
  right: Order | undefined,
): 'same' | 'turned around' | undefined {
  if (left === undefined || right === undefined) return undefined;
  const [a, b] = left;
  const [c, d] = right;
  const same = overlap(a, c) + overlap(b, d);
  const turned = overlap(a, d) + overlap(b, c);
  if (Math.max(same, turned) < 1) return undefined;
  return turned > same ? 'turned around' : 'same';
}

function contentStems(text: string): ReadonlySet<string> {
  return new Set((text.match(/[\p{L}_]+/gu) ?? []).filter(isContentWord).map(stem));
}

function overlap(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  return [...left].filter((word) => right.has(word)).length / Math.min(left.size, right.size);
}
