import type { Convention } from '../world/conventions.ts';

/**
 * Words by which the simulated model understands a sentence about one convention. Lower-case words or phrases; a sentence
 * is about the convention when it has a word of every group in `topic`, and it states the value whose words it has.
 */
export interface Recogniser {
  readonly topic: readonly (readonly string[])[];
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly broad: readonly string[];
}

export type Vocabulary = Readonly<Record<Convention, Recogniser>>;

const INVOICE = ['invoice', 'invoices'];

export const VOCABULARY: Vocabulary = {
  removed: {
    topic: [['customer', 'customers'], ['lifecycle']],
    values: { X: ['x'], Z: ['z'], Q: ['q'], K: ['k'] },
    broad: [`only customers whose lifecycle`, `lifecycle = 'a'`, `other than 'a'`],
  },
  unit: {
    topic: [INVOICE, ['amount', 'amounts']],
    values: {
      '10': ['tenths', 'divide by 10', '10.0'],
      '100': ['hundredths', 'cents', 'divide by 100', '100.0'],
      '1000': ['thousandths', 'divide by 1000', '1000.0'],
    },
    broad: ['whole euros'],
  },
  status: {
    topic: [INVOICE, ['status', 'paid']],
    values: { void: ['void'], draft: ['draft', 'drafts'], disputed: ['disputed'], held: ['held'] },
    broad: ['only paid', 'paid invoices'],
  },
  tests: {
    topic: [
      ['account', 'accounts', 'login', 'logins'],
      ['test', 'tests', 'testing', 'testers'],
    ],
    values: { zz: ['zz'], qa: ['qa'], tst: ['tst'], demo: ['demo'] },
    broad: ['a hyphen in', 'any hyphen', 'every hyphen'],
  },
  visitors: {
    topic: [
      ['visitor', 'visitors'],
      ['distinct', 'unique', 'different', 'once', 'told apart'],
    ],
    values: { device: ['device', 'devices'], cookie: ['cookie', 'cookies'], member: ['member', 'members'] },
    broad: ['combination', 'combinations'],
  },
  missing: {
    topic: [
      ['review', 'reviews', 'stars', 'rating'],
      ['missing', 'empty', 'without stars', 'null'],
    ],
    values: {
      '0': ['zero', '0'],
      '2': ['two', '2'],
      '3': ['three', '3'],
      '5': ['five', '5'],
    },
    broad: ['poorly rated'],
  },
  weight: {
    topic: [
      ['parcel', 'parcels'],
      ['weight', 'weights'],
    ],
    values: { comma: ['comma'], apostrophe: ['apostrophe'], blank: ['blank', 'space between'] },
    broad: ['only the digits', 'everything but the digits'],
  },
  fiscal: {
    topic: [['fiscal', 'financial']],
    values: {
      '02': ['february'],
      '04': ['april'],
      '07': ['july'],
      '09': ['september'],
      '10': ['october'],
      '11': ['november'],
    },
    broad: ['onwards'],
  },
  branch: {
    topic: [['branch', 'branches']],
    values: {
      case: ['upper', 'lower', 'letter case', 'capitalisation', 'capitals'],
      blanks: ['spaces', 'blanks', 'whitespace'],
    },
    broad: ['contains', 'containing'],
  },
};

/** The same recognisers with every word replaced by one that nobody uses: a model that cannot understand the lessons. */
export function renamedVocabulary(vocabulary: Vocabulary): Vocabulary {
  const renamed = (words: readonly string[]): readonly string[] =>
    words.map((word) => word.replaceAll(/\w+/g, (part) => `zu${part}oq`));
  const renamedOne = ({ topic, values, broad }: Recogniser): Recogniser => ({
    topic: topic.map(renamed),
    values: Object.fromEntries(Object.entries(values).map(([value, words]) => [value, renamed(words)])),
    broad: renamed(broad),
  });
  return {
    removed: renamedOne(vocabulary.removed),
    unit: renamedOne(vocabulary.unit),
    status: renamedOne(vocabulary.status),
    tests: renamedOne(vocabulary.tests),
    visitors: renamedOne(vocabulary.visitors),
    missing: renamedOne(vocabulary.missing),
    weight: renamedOne(vocabulary.weight),
    fiscal: renamedOne(vocabulary.fiscal),
    branch: renamedOne(vocabulary.branch),
  };
}
