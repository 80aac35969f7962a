import { expect, it } from 'vitest';
import { patternProblem } from './pattern-cost.ts';

it.each([
  /\bEMP-\d{4,8}\b/,
  /(?:ACME|CORP)-[A-Z0-9]{8,40}/,
  /(?<![\w-])[A-Z]{2}\d{6}[A-D]?(?!\d)/,
  /[^\]\\]{3}\u{41}\x41\p{Lu}x/u,
  /(?<number>\d{3})-?/,
])('accepts %s', (pattern) => {
  expect(patternProblem(pattern.source)).toBeUndefined();
});

it.each([
  [/\d+x/, 'repeats without a bound (+): write {1,100}'],
  [/x\d*/, 'repeats without a bound (*): write {0,100}'],
  [/x{2,}/, 'repeats without a bound ({2,}): write {2,100}'],
  [/(a{1,9}){1,9}b/, 'steps at one place'],
  [/(?:a|a){30}b/, 'steps at one place'],
  [/a{0,40}a{0,40}a{0,40}b/, 'steps at one place'],
  [/(a)\1/, 'backreference'],
  [/(?<n>a)\k<n>/, 'backreference'],
  [/x{0,3}/, 'matches the empty text'],
  [/|x/, 'matches the empty text'],
  [/^/, 'matches the empty text'],
  [new RegExp('x'.repeat(501)), 'has 501 characters'],
])('refuses %s', (pattern, problem) => {
  expect(patternProblem(pattern.source)).toContain(problem);
});
