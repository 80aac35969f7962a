import type { Domain } from '../domain.ts';
import { requestDomain } from '../request-domain.ts';
import { numbers, type Grammar } from '../requests.ts';
import { RECORDS_CONVENTIONS } from './conventions.ts';
import { compareRecords, recordFor } from './record.ts';

const SUBJECTS = [
  'roofing',
  'insurance',
  'heating',
  'painting',
  'gardening',
  'cleaning',
  'plumbing',
] as const;
const DAYS = ['13', '14', '15', '16', '17', '18', '19', '20', '21', '22'] as const;
const VENDORS = [
  'Abelson',
  'Brandtner',
  'Castello',
  'Dorfman',
  'Eklund',
  'Ferrante',
  'Gruber',
  'Hansson',
  'Ivarsen',
  'Jonker',
] as const;

const GRAMMAR: Grammar = {
  kinds: [
    {
      name: 'delivery',
      need: 'date',
      phrasings: [
        'Record the delivery note {number} dated {one} {two} {three}',
        'File delivery note {number} with the date {one} {two} {three}',
      ],
      slots: {
        number: numbers(3_010, 60, 7),
        one: DAYS,
        two: ['01', '02', '03', '04', '05', '06'],
        three: ['23', '24', '25', '26'],
      },
    },
    {
      name: 'receipt',
      need: 'tax',
      phrasings: [
        'Record a receipt of the shop {shop} with an amount of {amount} euros',
        'Here is a receipt from the shop {shop}, the amount is {amount} euros',
      ],
      slots: { shop: VENDORS, amount: numbers(123, 60, 17) },
    },
    {
      name: 'purchase',
      need: 'vendor',
      phrasings: [
        'Record the purchase of {goods} from the vendor {vendor}',
        'A purchase of {goods} from vendor {vendor} goes into the archive',
      ],
      slots: {
        goods: ['paper', 'toner', 'chairs', 'desks', 'cables', 'plants', 'pens', 'mugs'],
        vendor: VENDORS,
      },
    },
    {
      name: 'letter',
      need: 'person',
      phrasings: [
        'Record a letter about {subject} with the signatory {first} {last}',
        'The signatory of this letter about {subject} is {first} {last}, record it',
      ],
      slots: {
        subject: SUBJECTS,
        first: ['Anna', 'Boris', 'Clara', 'David', 'Edith', 'Frank'],
        last: ['Ahlers', 'Brenner', 'Conti', 'Dahl', 'Engel', 'Fischer'],
      },
    },
    {
      name: 'travel',
      need: 'travel',
      phrasings: [
        'Record {euros} euros of travel expense by {means}',
        'Somebody had an expense of {euros} euros for travel by {means}',
      ],
      slots: { euros: numbers(21, 80, 6), means: ['train', 'taxi', 'ferry', 'bus'] },
    },
    {
      name: 'meeting',
      need: '',
      phrasings: [
        'Record the minutes of the meeting about {subject} in room {room}',
        'Minutes of a meeting in room {room} about {subject} go into the archive',
      ],
      slots: { subject: SUBJECTS, room: numbers(101, 60, 1) },
    },
    {
      name: 'photo',
      need: '',
      phrasings: [
        'Record a photo about {subject} on shelf {shelf}',
        'A photo about {subject} lies on shelf {shelf}, record it',
      ],
      slots: { subject: SUBJECTS, shelf: numbers(31, 60, 2) },
    },
  ],
  modifiers: [
    { name: 'phone', need: 'phone', phrase: ', with no telephone given', slots: {} },
    {
      name: 'country',
      need: 'country',
      phrase: ', and the country of origin is {country}',
      slots: { country: ['Austria', 'Norway', 'Spain', 'Ireland'] },
    },
    {
      name: 'crates',
      need: 'crates',
      phrase: ', along with {crates} crates full of pieces',
      slots: { crates: numbers(2, 30, 3) },
    },
  ],
};

/** Extraction and formatting: messages become records of an archive, compared field by field. */
export const RECORDS: Domain = requestDomain({
  name: 'extraction',
  conventions: RECORDS_CONVENTIONS,
  grammar: GRAMMAR,
  act: (request, beliefs) => JSON.stringify(recordFor(request, beliefs)),
  execute: (request, action, truth) => compareRecords(action, recordFor(request, truth)),
});
