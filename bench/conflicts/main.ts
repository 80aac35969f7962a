import { parseArgs } from 'node:util';

import { comparedRules, compareRules, type RuleRelation } from '../../learner/src/analyzers/compare-rules.ts';
import { contradicts } from '../../learner/src/analyzers/contradiction.ts';
import { DUPLICATE_SIMILARITY_MIN, saysTheSame } from '../../learner/src/analyzers/resemblance.ts';
import { PAIR_LABELS, rulePairs, type RulePair } from '../../learner/src/analyzers/rule-pairs.testing.ts';
import { createOpenAiChatModel } from '../../learner/src/llm/openai-chat-model.ts';
import { startScriptedServer } from '../../learner/src/llm/scripted-server.testing.ts';
import { wilsonInterval } from '../../learner/src/stats/wilson.ts';
import { printTable } from '../sample.ts';
import { blindPairs } from './blind-pairs.ts';

/**
 * `node --conditions=@tracelore/source bench/conflicts/main.ts`: hand-written pairs of rules, told apart by the heuristic alone
 * and by the heuristic with a model. With OPENAI_BASE_URL and TRACELORE_MODEL the model is a real one. Without, a scripted
 * server answers by the labels: that proves what the steps around a model cost (pairs that are never compared, clauses that
 * must stand in the rules, both orders), not that any model understands language. `--set blind` takes the pairs that were written
 * without sight of the heuristic.
 */
interface Seen {
  readonly pair: RulePair;
  readonly isFlagged: boolean;
  readonly isMerged: boolean;
  readonly relation: RuleRelation | 'not compared';
}

const { values } = parseArgs({ options: { set: { type: 'string', default: 'own' } } });
const sets = new Map([
  ['own', rulePairs],
  ['blind', blindPairs],
]);
const load = sets.get(values.set);
if (load === undefined)
  throw new Error(`--set is "${values.set}"; expected one of ${[...sets.keys()].join(', ')}`);
const pairs = load();
const splits = (['development', 'held-out'] as const).filter((split) =>
  pairs.some((pair) => pair.split === split),
);
const asRule = (content: string): { content: string; appliesWhen: string } => ({
  content,
  appliesWhen: 'a task is about this',
});
const oracle = await startScriptedServer(({ body }) => ({
  content: JSON.stringify(truth(body.messages[1]?.content ?? '')),
}));
const real = process.env['OPENAI_BASE_URL'];
const name = process.env['TRACELORE_MODEL'] ?? 'scripted';
const model = createOpenAiChatModel({
  model: name,
  apiKey: process.env['OPENAI_API_KEY'] ?? 'none',
  baseUrl: real ?? oracle.baseUrl,
});

const seen: Seen[] = [];
for (const pair of pairs) seen.push(await see(pair));
await oracle.close();

const share = (among: readonly Seen[], isCounted: (one: Seen) => boolean): string => {
  const count = among.filter(isCounted).length;
  const [low, high] = wilsonInterval(count, among.length);
  return `${count}/${among.length} = ${(count / among.length).toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
};
console.log(
  `${pairs.length} pairs; model: ${real === undefined ? 'scripted, answers by the labels' : name}\n`,
);
printTable(
  [
    'half',
    'pairs',
    'heuristic: conflict',
    'heuristic: merged',
    'compared',
    'with model: conflict',
    'with model: merged',
  ],
  splits.flatMap((split) =>
    PAIR_LABELS.map((label) => {
      const among = seen.filter(({ pair }) => pair.split === split && pair.label === label);
      return [
        split,
        label,
        share(among, ({ isFlagged }) => isFlagged),
        share(among, ({ isMerged }) => isMerged),
        share(among, ({ relation }) => relation !== 'not compared'),
        share(among, ({ isFlagged, relation }) =>
          relation === 'not compared' ? isFlagged : relation === 'conflict',
        ),
        share(among, ({ isMerged, relation }) => isMerged || relation === 'same'),
      ];
    }),
  ),
);
const merged = seen.filter(
  ({ pair, isMerged, relation }) => pair.label === 'conflict' && (isMerged || relation === 'same'),
);
console.log(`\nContradictions merged: ${merged.length}`);
process.exitCode = merged.length === 0 ? 0 : 1;

async function see(pair: RulePair): Promise<Seen> {
  const [a, b] = [asRule(pair.a), asRule(pair.b)];
  const isFlagged = contradicts(a, b);
  const isMerged = saysTheSame(a, b, DUPLICATE_SIMILARITY_MIN);
  if (isMerged || comparedRules(a, [b]).length === 0)
    return { pair, isFlagged, isMerged, relation: 'not compared' };
  const compared = await compareRules(model, a, b);
  return { pair, isFlagged, isMerged, relation: compared.ok ? compared.relation : 'unsure' };
}

function truth(prompt: string): object {
  const texts = [...prompt.matchAll(/when a task is about this: (.*)/g)].map((match) => match[1] ?? '');
  const escaped = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const pair = pairs.find(({ a, b }) => texts.includes(escaped(a)) && texts.includes(escaped(b)));
  const label = pair?.label ?? 'unrelated';
  const claim = (clause: string): object => ({
    object: '',
    property: '',
    value: '',
    polarity: 'do',
    scope: '',
    clause,
  });
  return {
    first: claim(texts[0] ?? ''),
    second: claim(texts[1] ?? ''),
    sameSubject: label === 'same' || label === 'conflict',
    sameScope: true,
    sameClaim: label === 'same',
    compatible: label !== 'conflict',
  };
}
