import { expect, test } from 'vitest';
import { LearnerError } from '../errors.ts';
import { readEvalFile } from './eval-file.ts';

test('CSV with either naming', () => {
  const csv = '\uFEFFtask_input,expected_output,tags\n" How many? ",42,"a, b"\n\nWho?,Ann,\n';
  expect(readEvalFile('cases.csv', csv)).toEqual([
    { task: 'How many?', expected: '42', tags: ['a', 'b'] },
    { task: 'Who?', expected: 'Ann' },
  ]);
  expect(readEvalFile('CASES.CSV', 'expected,task,scorer\n1,x,exact')).toEqual([
    { task: 'x', expected: '1', scorer: 'exact' },
  ]);
});

test('JSON lines keep structured input and turn structured expectations into JSON', () => {
  const lines =
    '{"task":"a","expected":[1,2],"input":{"k":1},"tags":["t"],"agent":"sql"}\n\n{"task_input":"b","expected_output":"x"}\n';
  expect(readEvalFile('cases.jsonl', lines)).toEqual([
    { task: 'a', expected: '[1,2]', input: { k: 1 }, tags: ['t'], agent: 'sql' },
    { task: 'b', expected: 'x' },
  ]);
});

test('a case may have no expectation: rows without a task are left out, a judge is told what to look at', () => {
  const csv = 'task_input,expected_output,tags,judge_prompt\nx,,,\n,lost,,\ny,,,is it polite?\n';
  expect(readEvalFile('cases.csv', csv)).toEqual([
    { task: 'x' },
    { task: 'y', judgePrompt: 'is it polite?' },
  ]);
  expect(readEvalFile('cases.jsonl', '{"task":"b","judge_prompt":"p"}')).toEqual([
    { task: 'b', judgePrompt: 'p' },
  ]);
});

test.each([
  [
    'cases.csv',
    'question,answer\n1,2',
    'cases.csv, line 1: no column "task" or "task_input"; found question, answer.',
  ],
  ['cases.csv', '', 'line 1: no column "task" or "task_input"; found no columns'],
  ['cases.csv', 'task,expected\na,b\nx', 'cases.csv, line 3: expected 2 cells (task, expected), got 1'],
  ['cases.csv', 'task,expected\n"x', 'cases.csv, line 2: a quoted cell is never closed'],
  ['cases.jsonl', '{"task":"a","expected":"b"}\n{"task":', 'cases.jsonl, line 2: not JSON'],
  ['cases.jsonl', '{"expected":"b"}', 'cases.jsonl, line 1: no key "task" or "task_input"'],
  ['cases.jsonl', '[]', 'line 1: expected a JSON object'],
  ['cases.txt', '', 'cases.txt: expected a file that ends in .csv or .jsonl'],
])('%s with %j is refused by place', (file, text, wanted) => {
  expect(() => readEvalFile(file, text)).toThrow(wanted);
  expect(() => readEvalFile(file, text)).toThrow(LearnerError);
});
