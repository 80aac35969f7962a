import { NAIVE, type Beliefs } from '../convention.ts';
import type { Result } from '../domain.ts';
import type { Request } from '../requests.ts';

/** Turns after which a customer hangs up, beyond those that the policy takes. */
const PATIENCE_TURNS = 2;

/** Where a dialogue stands: what the policy still asks for before the customer is served, and what came out. */
interface Dialogue {
  readonly open: readonly string[];
  readonly breach: string;
  readonly replies: readonly string[];
}

/**
 * A customer and the house's policy, turn by turn: each act of the agent is the one that the policy waits for, or a breach
 * of it that cannot be taken back. The customer is served when nothing is open any more and no breach happened.
 */
export function holdDialogue(request: Request, action: string, policy: Beliefs): Result {
  const start: Dialogue = { open: policyActs(request, policy), breach: '', replies: [] };
  const turns = action.split('\n').filter((turn) => turn !== '');
  const patience = start.open.length + PATIENCE_TURNS;
  const end = turns.slice(0, patience).reduce(takeTurn, start);
  const isServed = end.open.length === 0 && end.breach === '' && turns.length <= patience;
  const missing = end.open[0] === undefined ? '' : `the policy still waits for ${end.open[0]}`;
  return {
    output: end.replies.join('\n'),
    score: isServed ? 1 : 0,
    comment: isServed ? 'served' : [end.breach, missing].filter(Boolean).join('; ') || 'the customer hung up',
  };
}

function takeTurn(dialogue: Dialogue, turn: string): Dialogue {
  const [next, ...rest] = dialogue.open;
  if (turn === next) {
    const reply = rest.length === 0 ? 'customer: thank you, that is all' : 'customer: all right';
    return { ...dialogue, open: rest, replies: [...dialogue.replies, reply] };
  }
  const breach = dialogue.breach === '' ? `breach of policy by ${turn}` : dialogue.breach;
  return { ...dialogue, breach, replies: [...dialogue.replies, 'customer: why that?'] };
}

/** What the policy asks for, in its order. */
function policyActs({ kind, slots, modifiers }: Request, policy: Beliefs): readonly string[] {
  const when = (holds: boolean, act: string, name: string): string[] => {
    const value = policy[name] ?? NAIVE;
    return holds && value !== NAIVE ? [`${act}:${value}`] : [];
  };
  const is = (name: string): boolean => kind === name;
  return [
    ...when(modifiers.includes('language'), 'reply', 'language'),
    ...when(modifiers.includes('minor'), 'consent', 'minor'),
    ...when(is('address'), 'ask', 'identity'),
    ...when(is('leaving'), 'transfer', 'leaving'),
    ...service(kind, slots, policy),
    ...when(is('late'), 'offer', 'late'),
    ...when(modifiers.includes('gold'), 'grant', 'gold'),
  ];
}

function service(kind: string, slots: Request['slots'], policy: Beliefs): readonly string[] {
  const of = (name: string): string => policy[name] ?? NAIVE;
  switch (kind) {
    case 'address':
      return [`change:${slots['street']} ${slots['number']}`];
    case 'return':
      return [
        `limit:${of('window') === NAIVE ? 'none named' : `${of('window')} days`}`,
        `label:${slots['article']} ${slots['order']}`,
      ];
    case 'late':
      return [`apologise:${slots['parcel']} ${slots['article']}`];
    case 'leaving':
      return [`${of('leaving') === NAIVE ? 'end' : 'file'}:${slots['plan']} ${slots['number']}`];
    case 'copy':
      return [
        `send:${slots['document']} ${slots['number']} by ${of('copies') === NAIVE ? 'mail' : of('copies')}`,
      ];
    case 'hours':
      return [`answer:hours of ${slots['shop']} on ${slots['day']}`];
    default:
      return [`answer:stock of ${slots['article']} in ${slots['shop']}`];
  }
}
