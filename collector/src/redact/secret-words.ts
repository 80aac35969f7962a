import { markOf, type Found } from './redaction.ts';
import type { Runs } from './runs.ts';

/** What may stand before a secret: no word character, except as the end of one of JSON's escapes (`\n` before a key). */
const BEFORE = String.raw`(?:^|[^A-Za-z0-9_]|\\[bfnrt]|\\u[0-9a-fA-F]{4})`;

/**
 * Secrets that are recognisable by themselves: rule, beginnings, rest as a regular expression. Each is one word of at least
 * 16 characters from `A-Z a-z 0-9 _ - .`; all repetitions are bounded, else hostile text takes time in the square of its
 * length, or more stack than there is.
 */
const SHAPES: readonly (readonly [rule: string, beginnings: string, rest: string])[] = [
  // Signed tokens: header.payload.signature, the first two JSON in base64url.
  ['jwt', 'eyJ', String.raw`[A-Za-z0-9_-]{8,256}\.eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,4096}`],
  ['aws_key', 'AKIA ASIA ABIA ACCA', '[0-9A-Z]{16}'],
  // Model providers and payment: sk-…, sk-ant-…, sk-or-…, sk-lf-…, sk_live_…; but no words: sk_learn_pipeline_component.
  [
    'api_key',
    'sk- sk_ rk- rk_',
    '(?=[a-z_-]{0,64}[0-9A-Z]|(?:[a-z]{1,12}[-_]){0,3}[a-z]{16})[A-Za-z0-9_-]{20,4096}',
  ],
  // Our own.
  ['api_key', 'tl_', '[0-9a-f]{8}_[A-Za-z0-9_-]{43}'],
  ['api_key', 'AIza', '[0-9A-Za-z_-]{35}'],
  [
    'api_key',
    'hf_ gsk_ r8_ fw_ npm_ sbp_ whsec_ sntrys_ shpat_ shpca_ shppa_ shpss_ lin_api_ doo_v1_ dop_v1_',
    '[A-Za-z0-9]{20,4096}',
  ],
  ['api_key', 'glsa_ glc_ phx_ pcsk_ lsv2_pt_ lsv2_sk_', '[A-Za-z0-9]{4,64}[A-Za-z0-9_]{20,4096}'],
  ['api_key', 'xai- pplx- NRAK- tvly- tvly-dev- tvly-prod-', '[A-Za-z0-9]{20,4096}'],
  ['api_key', 'key- dapi', '[a-f0-9]{32}'],
  ['api_key', 'pypi-AgE HRKU- dckr_pat_', '[A-Za-z0-9_-]{20,4096}'],
  ['api_key', 'SG.', String.raw`[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,4096}`],
  ['api_key', 'AGE-SECRET-KEY-1', '[0-9A-Z]{40,4096}'],
  // Code hosts, chat, secret stores, sign-in.
  ['access_token', 'gho_ ghp_ ghr_ ghs_ ghu_', '[A-Za-z0-9]{30,4096}'],
  ['access_token', 'github_pat_', '[A-Za-z0-9_]{30,4096}'],
  ['access_token', 'glpat- glptt- gldt- glrt- glagent- gloas-', '[A-Za-z0-9_-]{20,4096}'],
  ['access_token', 'xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs-', '[A-Za-z0-9-]{11,4096}'],
  ['access_token', 'xapp-', '[A-Za-z0-9-]{20,4096}'],
  ['access_token', 'hvb. hvr. hvs.', '[A-Za-z0-9_-]{20,4096}'],
  ['access_token', 'ya29.', '[A-Za-z0-9_-]{20,4096}'],
  ['access_token', 'GOCSPX-', '[A-Za-z0-9_-]{20,4096}'],
  ['access_token', 'ATATT3', '[A-Za-z0-9_=-]{40,4096}'],
];

/** All beginnings, for a quick look. */
export const WORD_BEGINNINGS: readonly string[] = SHAPES.flatMap(([, beginnings]) => beginnings.split(' '));

/** The look behind comes after the beginning, so that a search passes over other words quickly. */
const WORDS = new RegExp(
  SHAPES.map(([, beginnings, rest]) => {
    const start = `(?:${beginnings.replaceAll('.', String.raw`\.`).replaceAll(' ', '|')})`;
    return `(${start}(?<=${BEFORE}${start})${rest})`;
  }).join('|'),
  'g',
);

/** Replaces keys and tokens of well-known shape that lie in these parts of a text. */
export function redactWords(text: string, runs: Runs, found: Found): string {
  let result = '';
  let kept = 0;
  for (const { start, end } of runs) {
    const run = text.slice(start, end);
    const clean = run.replace(WORDS, (...groups) => {
      const rule = SHAPES[groups.slice(1).findIndex((group) => group !== undefined)]?.[0] ?? 'api_key';
      found(rule);
      return markOf(rule);
    });
    if (clean === run) continue;
    result += text.slice(kept, start) + clean;
    kept = end;
  }
  return kept === 0 ? text : result + text.slice(kept);
}
