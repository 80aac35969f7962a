import { BROAD, NAIVE, type Beliefs } from '../convention.ts';
import type { Request } from '../requests.ts';

/** Acts of the agent in a dialogue, one per turn: `ask:postcode`, `offer:voucher`. */
export type Turns = readonly string[];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  identity: ['birthday', 'postcode', 'pin', 'invoice'],
  late: ['voucher', 'shipping', 'gift', 'points'],
  leaving: ['retention', 'supervisor', 'billing', 'partner'],
  copies: ['letter', 'portal', 'fax', 'courier'],
  language: ['english', 'interpreter', 'native', 'glossary'],
  gold: ['greeting', 'adviser', 'priority', 'invitation'],
};

/** What somebody says, turn by turn, who takes the house's policy to be so. */
export function turnsFor(request: Request, beliefs: Beliefs): Turns {
  const { modifiers } = request;
  const of = (name: string): string => beliefs[name] ?? NAIVE;
  if (modifiers.includes('minor') && of('minor') === BROAD) return ['refuse:minor'];
  return [
    ...(modifiers.includes('language') ? acts('reply', 'language', of('language')) : []),
    ...(modifiers.includes('minor') ? acts('consent', 'minor', of('minor')) : []),
    ...mainTurns(request, of),
    ...(modifiers.includes('gold') ? acts('grant', 'gold', of('gold')) : []),
  ];
}

function mainTurns({ kind, slots }: Request, of: (name: string) => string): Turns {
  switch (kind) {
    case 'address':
      return [...acts('ask', 'identity', of('identity')), `change:${slots['street']} ${slots['number']}`];
    case 'return': {
      const days = of('window');
      const limit = days === NAIVE ? 'none named' : days === BROAD ? 'unlimited' : `${days} days`;
      return [`limit:${limit}`, `label:${slots['article']} ${slots['order']}`];
    }
    case 'late':
      return [`apologise:${slots['parcel']} ${slots['article']}`, ...acts('offer', 'late', of('late'))];
    case 'leaving':
      return of('leaving') === NAIVE
        ? [`end:${slots['plan']} ${slots['number']}`]
        : [...acts('transfer', 'leaving', of('leaving')), `file:${slots['plan']} ${slots['number']}`];
    case 'copy': {
      const ways =
        of('copies') === NAIVE
          ? ['mail']
          : of('copies') === BROAD
            ? (VALUES['copies'] ?? [])
            : [of('copies')];
      return ways.map((way) => `send:${slots['document']} ${slots['number']} by ${way}`);
    }
    case 'hours':
      return [`answer:hours of ${slots['shop']} on ${slots['day']}`];
    default:
      return [`answer:stock of ${slots['article']} in ${slots['shop']}`];
  }
}

function acts(act: string, convention: string, belief: string): Turns {
  if (belief === NAIVE) return [];
  return belief === BROAD
    ? (VALUES[convention] ?? []).map((value) => `${act}:${value}`)
    : [`${act}:${belief}`];
}
