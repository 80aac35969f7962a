import { BROAD, NAIVE, type Beliefs } from '../convention.ts';
import type { Request } from '../requests.ts';

/** One call of the back office's API. */
export interface Step {
  readonly step: string;
  readonly with?: string;
  readonly reference?: string;
}

export const APPROVERS: readonly string[] = ['manager', 'treasury', 'board', 'controller'];
export const FOLDERS: readonly string[] = ['blue', 'vault', 'cellar', 'annex'];
const RATES = ['monthly', 'daily', 'fixed', 'weekly'] as const;
/** What a client's account has to go through, in the order that nothing special asks for. */
const CLOSING = ['fee', 'payout', 'notice', 'statement'] as const;
/** Single rows are not asked for without end. */
const PAGES_MAX = 20;

/** The steps that somebody takes for a request who takes the house's conventions to be so. */
export function stepsFor(request: Request, beliefs: Beliefs): readonly Step[] {
  const { slots, modifiers } = request;
  const reference = modifiers.includes('contract')
    ? { reference: referenceOf(slots['contract'] ?? '', beliefs['contract'] ?? NAIVE) }
    : {};
  return [
    ...(modifiers.includes('currency') ? conversions(beliefs['currency'] ?? NAIVE) : []),
    ...mainSteps(request, beliefs),
    ...(modifiers.includes('evidence') ? filings(beliefs['evidence'] ?? NAIVE) : []),
  ].map((step) => ({ ...step, ...reference }));
}

function mainSteps({ kind, slots }: Request, beliefs: Beliefs): readonly Step[] {
  switch (kind) {
    case 'transfer': {
      const belief = beliefs['approval'] ?? NAIVE;
      const approvers = belief === NAIVE ? [] : belief === BROAD ? APPROVERS : [belief];
      return [
        ...approvers.map((approver) => ({ step: 'request_approval', with: approver })),
        { step: 'transfer', with: `${slots['euros']} to ${slots['supplier']}` },
      ];
    }
    case 'details': {
      const belief = beliefs['freeze'] ?? NAIVE;
      const update = { step: 'write_details', with: `${slots['bank']} of ${slots['supplier']}` };
      if (belief === NAIVE) return [update];
      return [{ step: belief === BROAD ? 'archive' : belief }, update, { step: 'release' }];
    }
    case 'export': {
      const rows = Number(slots['rows']);
      const belief = beliefs['paging'] ?? NAIVE;
      const size = belief === NAIVE ? rows : belief === BROAD ? 1 : Number(belief);
      const pages = Math.min(PAGES_MAX, Math.ceil(rows / size));
      return Array.from({ length: pages }, (_, page) => ({
        step: 'export',
        with: `${rows} rows of ${slots['ledger']} page ${page + 1} size ${size}`,
      }));
    }
    case 'close': {
      const belief = beliefs['closing'] ?? NAIVE;
      const close = { step: 'close', with: `${slots['client']} in ${slots['month']}` };
      if (belief === NAIVE) return [close];
      const order = [belief, ...CLOSING.filter((each) => each !== belief)];
      const steps = belief === BROAD ? [...CLOSING, ...CLOSING] : order;
      return [...steps.map((step) => ({ step })), close];
    }
    case 'correct': {
      const belief = beliefs['correction'] ?? NAIVE;
      const sum = `${slots['invoice']} = ${slots['sum']}`;
      if (belief === NAIVE) return [{ step: 'overwrite', with: sum }];
      if (belief === BROAD) return [{ step: 'delete' }, { step: 'create', with: sum }];
      return [{ step: belief, with: sum }, { step: 'countersign' }];
    }
    case 'remind':
      return [{ step: 'send_reminder', with: `${slots['client']} about ${slots['topic']}` }];
    default:
      return [{ step: 'record_call', with: `${slots['supplier']} about ${slots['topic']}` }];
  }
}

function conversions(belief: string): readonly Step[] {
  const rates = belief === NAIVE ? [] : belief === BROAD ? RATES : [belief];
  return rates.map((rate) => ({ step: 'convert', with: rate }));
}

function filings(belief: string): readonly Step[] {
  const folders = belief === NAIVE ? [] : belief === BROAD ? FOLDERS : [belief];
  return folders.map((folder) => ({ step: 'file_evidence', with: folder }));
}

function referenceOf(number: string, belief: string): string {
  return belief === NAIVE ? number : belief === BROAD ? `*${number}` : `${belief}${number}`;
}
