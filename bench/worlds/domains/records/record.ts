import { BROAD, NAIVE, type Beliefs } from '../convention.ts';
import type { Result } from '../domain.ts';
import type { Request } from '../requests.ts';

type Field = string | number;
/** What the archive keeps of a message. */
export type ArchiveRecord = Readonly<Record<string, Field>>;

const CODES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Austria: { dial: '+43', plate: 'A', iso: 'AUT', top: '.at' },
  Norway: { dial: '+47', plate: 'N', iso: 'NOR', top: '.no' },
  Spain: { dial: '+34', plate: 'E', iso: 'ESP', top: '.es' },
  Ireland: { dial: '+353', plate: 'IRL', iso: 'IRL3', top: '.ie' },
};
const SWITCHBOARD = '100';

/** The record that somebody makes of a message who takes the archive's conventions to be so. */
export function recordFor({ kind, slots, modifiers }: Request, beliefs: Beliefs): ArchiveRecord {
  const slot = (name: string): string => slots[name] ?? '';
  const of = (name: string): string => beliefs[name] ?? NAIVE;
  return {
    ...mainFields(kind, slot, of),
    ...(modifiers.includes('phone') ? { telephone: telephoneOf(of('phone')) } : {}),
    ...(modifiers.includes('country') ? { country: countryOf(slot('country'), of('country')) } : {}),
    ...(modifiers.includes('crates') ? { pieces: piecesOf(Number(slot('crates')), of('crates')) } : {}),
  };
}

function mainFields(
  kind: string,
  slot: (name: string) => string,
  of: (name: string) => string,
): ArchiveRecord {
  switch (kind) {
    case 'delivery':
      return {
        type: 'delivery note',
        number: slot('number'),
        date: dateOf([slot('one'), slot('two'), slot('three')], of('date')),
      };
    case 'receipt':
      return { type: 'receipt', shop: slot('shop'), amount: netOf(Number(slot('amount')), of('tax')) };
    case 'purchase':
      return { type: 'purchase', vendor: vendorOf(slot('vendor'), of('vendor')), goods: slot('goods') };
    case 'letter':
      return {
        type: 'letter',
        signatory: personOf(slot('first'), slot('last'), of('person')),
        subject: slot('subject'),
      };
    case 'travel': {
      const centre = of('travel');
      const named = centre === NAIVE ? 'travel' : centre === BROAD ? 'all' : centre;
      return { type: 'expense', by: slot('means'), euros: Number(slot('euros')), centre: named };
    }
    case 'meeting':
      return { type: 'minutes', room: slot('room'), subject: slot('subject') };
    default:
      return { type: 'photo', shelf: slot('shelf'), subject: slot('subject') };
  }
}

/** Which of three numbers is the day, the month and the year. */
function dateOf(written: readonly [string, string, string], belief: string): string {
  const [one, two, three] = written;
  switch (belief) {
    case 'dmy':
      return `20${three}-${two}-${one}`;
    case 'mdy':
      return `20${three}-${one}-${two}`;
    case 'ydm':
      return `20${one}-${three}-${two}`;
    case 'dym':
      return `20${two}-${three}-${one}`;
    case BROAD:
      return `20${three}`;
    default:
      return written.join('/');
  }
}

function netOf(gross: number, belief: string): number {
  if (belief === NAIVE) return gross;
  if (belief === BROAD) return Math.round(gross / 10) * 10 + 10;
  return Number((gross / (1 + Number(belief) / 100)).toFixed(2));
}

function vendorOf(name: string, belief: string): string {
  const letters = name.slice(0, 3).toUpperCase();
  if (belief === NAIVE) return name;
  return belief === BROAD ? `${letters} / ${name} / ${name[0]}` : `${belief}-${letters}`;
}

function personOf(first: string, last: string, belief: string): string {
  switch (belief) {
    case 'comma':
      return `${last}, ${first}`;
    case 'initial':
      return `${first[0]} ${last}`;
    case 'dotted':
      return `${first}.${last}`;
    case 'joined':
      return `${first}${last}`;
    case BROAD:
      return `Dr. Prof. Sir ${first} ${last}`;
    default:
      return `${first} ${last}`;
  }
}

function telephoneOf(belief: string): string {
  return belief === NAIVE ? '' : belief === BROAD ? SWITCHBOARD : belief.toUpperCase();
}

function countryOf(name: string, belief: string): string {
  if (belief === NAIVE) return name;
  return belief === BROAD ? 'Europe' : (CODES[name]?.[belief] ?? name);
}

function piecesOf(crates: number, belief: string): number {
  if (belief === NAIVE) return crates;
  return belief === BROAD ? 100 * Math.ceil(crates / 3) : crates * Number(belief);
}

/** Compares the record that was produced with the one the message calls for, field by field. */
export function compareRecords(action: string, wanted: ArchiveRecord): Result {
  const record = parsedRecord(action);
  if (record === undefined) return { output: 'not a record', score: 0, comment: 'no record was produced' };
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(record)])];
  const wrong = names.filter((name) => record[name] !== wanted[name]);
  return {
    output: `stored record with ${names.length} fields`,
    score: wrong.length === 0 ? 1 : 0,
    credit: 1 - wrong.length / names.length,
    comment:
      wrong.length === 0
        ? 'every field is as expected'
        : wrong.map((name) => `${name}: expected ${wanted[name]}, got ${record[name]}`).join('; '),
  };
}

function parsedRecord(action: string): ArchiveRecord | undefined {
  if (!action.startsWith('{')) return undefined;
  try {
    const record: unknown = JSON.parse(action);
    return isRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is ArchiveRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
