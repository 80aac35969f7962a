import { NAIVE, type Beliefs } from '../convention.ts';
import type { Result } from '../domain.ts';
import type { Request } from '../requests.ts';
import type { Step } from './steps.ts';

/** What the API allows next: a step's name and argument, and the state that it leads to. */
interface Transition {
  readonly from: string;
  readonly step: string;
  /** '' = it takes none. */
  readonly with: string;
  readonly to: string;
}

const DONE = 'done';
const REFUSED = 409;
const CLOSING: readonly string[] = ['fee', 'payout', 'notice', 'statement'];

/**
 * Runs steps through the process that the house's policy prescribes for a request. A step that is not allowed in the
 * present state is refused and stays on record; the request is settled when its process is through, without such a step.
 */
export function runProcess(request: Request, action: string, policy: Beliefs): Result {
  const steps = parsedSteps(action);
  if (steps === undefined)
    return { output: '{"error":400,"message":"no step"}', score: 0, comment: 'no step was taken' };
  const process = processOf(request, policy);
  const reference = referenceIn(request, policy);
  let state = 'open';
  let refused = '';
  const answers: string[] = [];
  for (const step of steps) {
    const next = process.find(
      (each) => each.from === state && each.step === step.step && each.with === (step.with ?? ''),
    );
    const isReferred = (step.reference ?? '') === reference;
    if (next === undefined || !isReferred) {
      const why = next === undefined ? `not allowed in state ${state}` : 'unknown reference';
      refused ||= `${step.step}${step.with === undefined ? '' : ` (${step.with})`}: ${why}`;
      answers.push(`{"error":${REFUSED},"message":"${step.step}: ${why}"}`);
      continue;
    }
    state = next.to;
    answers.push(`{"ok":true,"state":"${state}"}`);
  }
  const settled = state === DONE && refused === '';
  const comment = settled ? 'settled' : refused === '' ? `left in state ${state}` : `refused: ${refused}`;
  return { output: answers.join('\n'), score: settled ? 1 : 0, comment };
}

function parsedSteps(action: string): readonly Step[] | undefined {
  if (!action.startsWith('[')) return undefined;
  try {
    const steps: unknown = JSON.parse(action);
    return Array.isArray(steps) && steps.every(isStep) ? steps : undefined;
  } catch {
    return undefined;
  }
}

function isStep(value: unknown): value is Step {
  return typeof value === 'object' && value !== null && 'step' in value;
}

/** One way through, as a chain of states. */
function processOf(request: Request, policy: Beliefs): readonly Transition[] {
  const { modifiers } = request;
  const chain: (readonly [step: string, argument: string])[] = [
    ...(modifiers.includes('currency') ? required('convert', policy['currency']) : []),
    ...mainChain(request, policy),
    ...(modifiers.includes('evidence') ? required('file_evidence', policy['evidence']) : []),
  ];
  return chain.map(([step, argument], index) => ({
    from: index === 0 ? 'open' : `after ${index}`,
    step,
    with: argument,
    to: index === chain.length - 1 ? DONE : `after ${index + 1}`,
  }));
}

function required(step: string, argument: string | undefined): (readonly [string, string])[] {
  return argument === undefined || argument === NAIVE ? [] : [[step, argument]];
}

function mainChain({ kind, slots }: Request, policy: Beliefs): (readonly [string, string])[] {
  const of = (name: string): string => policy[name] ?? NAIVE;
  switch (kind) {
    case 'transfer':
      return [
        ...required('request_approval', of('approval')),
        ['transfer', `${slots['euros']} to ${slots['supplier']}`],
      ];
    case 'details': {
      const write: readonly [string, string] = ['write_details', `${slots['bank']} of ${slots['supplier']}`];
      return of('freeze') === NAIVE ? [write] : [[of('freeze'), ''], write, ['release', '']];
    }
    case 'export': {
      const rows = Number(slots['rows']);
      const size = of('paging') === NAIVE ? rows : Number(of('paging'));
      return Array.from({ length: Math.ceil(rows / size) }, (_, page): [string, string] => [
        'export',
        `${rows} rows of ${slots['ledger']} page ${page + 1} size ${size}`,
      ]);
    }
    case 'close': {
      const first = of('closing');
      const before = first === NAIVE ? [] : [first, ...CLOSING.filter((step) => step !== first)];
      return [
        ...before.map((step): [string, string] => [step, '']),
        ['close', `${slots['client']} in ${slots['month']}`],
      ];
    }
    case 'correct': {
      const sum = `${slots['invoice']} = ${slots['sum']}`;
      const how = of('correction');
      return how === NAIVE
        ? [['overwrite', sum]]
        : [
            [how, sum],
            ['countersign', ''],
          ];
    }
    case 'remind':
      return [['send_reminder', `${slots['client']} about ${slots['topic']}`]];
    default:
      return [['record_call', `${slots['supplier']} about ${slots['topic']}`]];
  }
}

function referenceIn({ slots, modifiers }: Request, policy: Beliefs): string {
  if (!modifiers.includes('contract')) return '';
  const prefix = policy['contract'] ?? NAIVE;
  return `${prefix === NAIVE ? '' : prefix}${slots['contract'] ?? ''}`;
}
