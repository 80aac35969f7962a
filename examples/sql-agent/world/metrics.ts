import { NAIVE, BROAD, type Beliefs, type Convention } from './conventions.ts';

/** Something that can be asked about one table: its wordings, and the SQL that answers it under given beliefs. */
export interface Metric {
  readonly name: string;
  readonly table: string;
  readonly day: string;
  /** Column that the question narrows down, and the values it may name. */
  readonly slot: { readonly column: string; readonly values: readonly [string, ...string[]] };
  /** Conventions the answer depends on, besides those of the branch and the period. */
  readonly needs: readonly Convention[];
  /** `{}` stands for the slot's value; a branch, a period and `?` follow. */
  readonly phrasings: readonly [string, ...string[]];
  readonly select: (beliefs: Beliefs) => string;
  readonly where: (beliefs: Beliefs) => readonly string[];
  readonly tail?: string;
}

const SECTORS = ['retail', 'healthcare', 'logistics', 'education', 'hospitality'] as const;
const PLANS = ['free', 'team', 'business', 'trial', 'student'] as const;
const PAGES = ['pricing', 'careers', 'support', 'download', 'contact'] as const;
const PRODUCTS = ['kettle', 'toaster', 'blender', 'heater', 'lamp'] as const;
const CARRIERS = ['Norpak', 'Velofast', 'Seabridge', 'Railex', 'Hopper'] as const;
const CHANNELS = ['web', 'phone', 'partner', 'store', 'fair'] as const;
const TOPICS = ['login', 'delivery', 'refund', 'warranty', 'installation'] as const;

const none = (): readonly string[] => [];
const everyTime = (sql: string) => (): string => sql;

const withoutStatus = (beliefs: Beliefs): readonly string[] => {
  if (beliefs.status === NAIVE) return [];
  return [beliefs.status === BROAD ? `status = 'paid'` : `status <> '${beliefs.status}'`];
};

const inEuros = (aggregate: string, beliefs: Beliefs): string => {
  if (beliefs.unit === NAIVE) return aggregate;
  return beliefs.unit === BROAD ? `ROUND(${aggregate} / 100.0)` : `${aggregate} / ${beliefs.unit}.0`;
};

const kilograms = (beliefs: Beliefs): string => {
  switch (beliefs.weight) {
    case 'comma':
      return `CAST(REPLACE(weight, ',', '.') AS REAL)`;
    case 'apostrophe':
      return `CAST(REPLACE(weight, '''', '') AS REAL)`;
    case 'blank':
      return `CAST(REPLACE(weight, ' ', '') AS REAL)`;
    case BROAD:
      return `CAST(REPLACE(REPLACE(REPLACE(REPLACE(weight, ',', ''), '.', ''), '''', ''), ' ', '') AS REAL)`;
    default:
      return 'weight';
  }
};

const stars = (beliefs: Beliefs): string => {
  if (beliefs.missing === NAIVE) return 'stars';
  return beliefs.missing === BROAD
    ? 'CASE WHEN stars IS NULL OR stars <= 2 THEN 1 ELSE stars END'
    : `COALESCE(stars, ${beliefs.missing})`;
};

const visitors = (beliefs: Beliefs): string => {
  if (beliefs.visitors === NAIVE) return 'COUNT(*)';
  return beliefs.visitors === BROAD
    ? `COUNT(DISTINCT device || '/' || cookie || '/' || member)`
    : `COUNT(DISTINCT ${beliefs.visitors})`;
};

const invoices = {
  table: 'invoices',
  day: 'issued_on',
  slot: { column: 'channel', values: CHANNELS },
} as const;
const tickets = { table: 'tickets', day: 'opened_on', slot: { column: 'topic', values: TOPICS } } as const;

export const METRICS: readonly Metric[] = [
  {
    name: 'customers',
    table: 'customers',
    day: 'joined_on',
    slot: { column: 'sector', values: SECTORS },
    needs: ['removed'],
    phrasings: [
      'How many customers in the {} sector joined us',
      'What is the number of {} customers who joined',
      'Count the customers from the {} industry that came on board',
      'How large is the group of {} customers we gained',
    ],
    select: everyTime('COUNT(*)'),
    where: ({ removed }) => {
      if (removed === NAIVE) return [];
      return [removed === BROAD ? `lifecycle = 'A'` : `lifecycle <> '${removed}'`];
    },
  },
  {
    name: 'accounts',
    table: 'accounts',
    day: 'registered_on',
    slot: { column: 'plan', values: PLANS },
    needs: ['tests'],
    phrasings: [
      'How many accounts were registered on the {} plan',
      'What number of login accounts signed up for the {} plan',
      'Count the account registrations with the {} plan',
      'How many new user accounts chose the {} plan',
    ],
    select: everyTime('COUNT(*)'),
    where: ({ tests }) => {
      if (tests === NAIVE) return [];
      return [tests === BROAD ? `login NOT LIKE '%-%'` : `login NOT LIKE '${tests}-%'`];
    },
  },
  {
    name: 'visitors',
    table: 'visits',
    day: 'visited_on',
    slot: { column: 'page', values: PAGES },
    needs: ['visitors'],
    phrasings: [
      'How many visitors viewed the {} page',
      'What was the number of website visitors on the {} page',
      'Count the visitors who opened our {} web page',
      'How many website visitors came to see the {} page',
    ],
    select: visitors,
    where: none,
  },
  {
    name: 'rating',
    table: 'reviews',
    day: 'written_on',
    slot: { column: 'product', values: PRODUCTS },
    needs: ['missing'],
    phrasings: [
      'What is the average star rating in reviews of the {}',
      'How many stars did reviews give the {} on average',
      'What mean rating did the {} get in its reviews',
      'What is the mean number of stars in {} reviews',
    ],
    select: (beliefs) => `AVG(${stars(beliefs)})`,
    where: none,
  },
  {
    name: 'weight',
    table: 'parcels',
    day: 'sent_on',
    slot: { column: 'carrier', values: CARRIERS },
    needs: ['weight'],
    phrasings: [
      'What was the total weight of parcels shipped with {}',
      'How many kilograms did the parcels sent with {} weigh together',
      'What do all parcels handed to {} weigh in total',
      'What is the summed parcel weight carried by {}',
    ],
    select: (beliefs) => `SUM(${kilograms(beliefs)})`,
    where: none,
  },
  {
    ...invoices,
    name: 'largest',
    needs: ['unit'],
    phrasings: [
      'What was the highest amount in euros of a paid invoice on the {} channel',
      'How many euros was the biggest single paid invoice amount of the {} channel',
      'What is the maximum paid invoice amount in euros in the {} channel',
    ],
    select: (beliefs) => inEuros('MAX(amount)', beliefs),
    where: () => [`status = 'paid'`],
  },
  {
    ...invoices,
    name: 'invoices',
    needs: ['status'],
    phrasings: [
      'How many invoices were issued on the {} channel',
      'Count the invoices we sent out through the {} channel',
      'What is the number of invoices in the {} channel',
    ],
    select: everyTime('COUNT(*)'),
    where: withoutStatus,
  },
  {
    ...invoices,
    name: 'billed',
    needs: ['unit', 'status'],
    phrasings: [
      'What is the total invoice amount in euros of all invoices on the {} channel',
      'How many euros do the invoice amounts of the {} channel add up to',
      'What total amount in euros did our invoices of the {} channel reach',
    ],
    select: (beliefs) => inEuros('SUM(amount)', beliefs),
    where: withoutStatus,
  },
  {
    ...tickets,
    name: 'tickets',
    needs: [],
    phrasings: [
      'How many support tickets were opened about {}',
      'Count the support tickets on the topic of {}',
      'What is the number of {} tickets that reached support',
      'How often did people open a ticket about {}',
    ],
    select: everyTime('COUNT(*)'),
    where: none,
  },
  {
    ...tickets,
    name: 'hours',
    needs: [],
    phrasings: [
      'How many hours did support tickets about {} take on average',
      'What is the mean handling time in hours of {} tickets',
      'What was the average number of hours spent on a {} ticket',
    ],
    select: everyTime('AVG(hours)'),
    where: none,
  },
  {
    ...tickets,
    name: 'note',
    needs: [],
    phrasings: [
      'What does the note on the latest support ticket about {} say',
      'Which note was left on the most recent {} ticket',
      'What is written in the note of the last ticket opened about {}',
    ],
    select: everyTime('note'),
    where: none,
    tail: 'ORDER BY opened_on DESC, id DESC LIMIT 1',
  },
];
