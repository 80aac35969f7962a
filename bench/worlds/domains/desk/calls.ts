import { BROAD, NAIVE, type Beliefs } from '../convention.ts';
import type { Request } from '../requests.ts';

/** One tool call. */
export interface Call {
  readonly tool: string;
  readonly args: Readonly<Record<string, string | number>>;
}

const CARRIERS = ['norpak', 'railex', 'velofast', 'seabridge'] as const;
const MONEY_TOOLS = ['credit_note', 'payout', 'voucher', 'rebate'] as const;
const PER_KILOGRAM: Readonly<Record<string, number>> = {
  grams: 1_000,
  pounds: 2.2046,
  tonnes: 0.001,
  stones: 0.157_47,
};
const MONTHS: Readonly<Record<string, string>> = { March: '03', April: '04', June: '06', October: '10' };

/** The calls that somebody makes for a request who takes the desk's conventions to be so. */
export function callsFor(request: Request, beliefs: Beliefs): readonly Call[] {
  const extra = extras(request, beliefs);
  return mainCalls(request, beliefs).map(({ tool, args }) => ({ tool, args: { ...args, ...extra } }));
}

function mainCalls({ kind, slots }: Request, beliefs: Beliefs): readonly Call[] {
  const order = slots['order'] ?? '';
  switch (kind) {
    case 'ship': {
      const carrier = beliefs['carrier'] ?? NAIVE;
      const ship = (by: string): Call => ({
        tool: 'ship',
        args: { order, goods: slots['goods'] ?? '', carrier: by },
      });
      if (carrier === BROAD) return CARRIERS.map(ship);
      return [ship(carrier === NAIVE ? 'standard' : carrier)];
    }
    case 'freight': {
      const load = loadOf(Number(slots['kilos']), beliefs['freight'] ?? NAIVE);
      return [{ tool: 'book_freight', args: { order, goods: slots['bulk'] ?? '', load } }];
    }
    case 'refund': {
      const how = beliefs['refund'] ?? NAIVE;
      const tools = how === BROAD ? MONEY_TOOLS : [how === NAIVE ? 'refund' : how];
      return tools.map((tool) => ({ tool, args: { order, euros: Number(slots['euros']) } }));
    }
    case 'reorder': {
      const size = beliefs['packs'] ?? NAIVE;
      const units = Number(slots['units']);
      const count = size === NAIVE ? units : size === BROAD ? units + 7 : units / Number(size);
      return [{ tool: 'reorder', args: { article: slots['article'] ?? '', count } }];
    }
    case 'cancel': {
      const code = beliefs['cancel'] ?? NAIVE;
      const known = code === NAIVE ? '' : code === BROAD ? '*' : code.toUpperCase();
      return [{ tool: 'cancel', args: { order, customer: slots['customer'] ?? '', code: known } }];
    }
    case 'note':
      return [{ tool: 'add_note', args: { order, note: slots['note'] ?? '' } }];
    default:
      return [
        { tool: 'set_phone', args: { customer: slots['customer'] ?? '', phone: slots['phone'] ?? '' } },
      ];
  }
}

function loadOf(kilograms: number, unit: string): number {
  if (unit === BROAD) return Math.ceil(kilograms / 100) * 100 + 100;
  return Number((kilograms * (PER_KILOGRAM[unit] ?? 1)).toFixed(3));
}

/** Arguments that every call of a request takes. */
function extras({ slots, modifiers }: Request, beliefs: Beliefs): Call['args'] {
  return {
    ...(modifiers.includes('urgent') ? { priority: priorityOf(beliefs['urgent'] ?? NAIVE) } : {}),
    ...(modifiers.includes('day')
      ? { day: written(slots['day'] ?? '', slots['month'] ?? '', beliefs['day'] ?? NAIVE) }
      : {}),
    ...(modifiers.includes('depot')
      ? { depot: depotOf(slots['region'] ?? '', beliefs['depot'] ?? NAIVE) }
      : {}),
  };
}

function priorityOf(belief: string): string | number {
  return belief === NAIVE ? 'urgent' : belief === BROAD ? 'max+alarm' : Number(belief);
}

function written(day: string, month: string, belief: string): string {
  const parts = [day, MONTHS[month] ?? ''];
  switch (belief) {
    case 'dotted':
      return parts.join('.');
    case 'dashed':
      return parts.join('-');
    case 'compact':
      return parts.join('');
    case 'slashed':
      return parts.join('/');
    case BROAD:
      return `${parts.join('-')}T00:00`;
    default:
      return `${day} ${month}`;
  }
}

function depotOf(region: string, belief: string): string {
  return belief === NAIVE ? region : belief === BROAD ? '*' : `${belief}-${region}`;
}
