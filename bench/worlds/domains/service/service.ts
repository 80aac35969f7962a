import type { Domain } from '../domain.ts';
import { requestDomain } from '../request-domain.ts';
import { numbers, type Grammar } from '../requests.ts';
import { SERVICE_CONVENTIONS } from './conventions.ts';
import { holdDialogue } from './dialogue.ts';
import { turnsFor } from './turns.ts';

const ARTICLES = ['kettle', 'jacket', 'tent', 'racket', 'lantern', 'backpack', 'saddle', 'helmet'] as const;
const SHOPS = [
  'harbour',
  'station',
  'market',
  'castle',
  'bridge',
  'airport',
  'abbey',
  'canal',
  'garden',
  'tower',
  'museum',
  'stadium',
] as const;
const NUMBERS = numbers(14, 80, 9);

const GRAMMAR: Grammar = {
  kinds: [
    {
      name: 'address',
      need: 'identity',
      phrasings: [
        'A caller wants to change the delivery address to {street} street {number}',
        'Change the delivery address of a caller to {street} street {number}',
      ],
      slots: { street: ['Park', 'Mill', 'Church', 'School', 'River', 'Castle'], number: numbers(1, 90, 2) },
    },
    {
      name: 'return',
      need: 'window',
      phrasings: [
        'A customer wants to return the article {article} of order {order}',
        'The article {article} of order {order} is to be returned',
      ],
      slots: { article: ARTICLES, order: NUMBERS },
    },
    {
      name: 'late',
      need: 'late',
      phrasings: [
        'A customer complains that parcel {parcel} with a {article} is late',
        'Parcel {parcel} with the {article} was a late delivery and the customer complains',
      ],
      slots: { parcel: NUMBERS, article: ARTICLES },
    },
    {
      name: 'leaving',
      need: 'leaving',
      phrasings: [
        'A customer wants to end the {plan} subscription number {number}',
        'The {plan} subscription number {number} should end, the customer says',
      ],
      slots: { plan: ['basic', 'family', 'student', 'premium'], number: NUMBERS },
    },
    {
      name: 'copy',
      need: 'copies',
      phrasings: [
        'A customer asks for a copy of the {document} number {number}',
        'A copy of {document} number {number} is wanted by its customer',
      ],
      slots: { document: ['guarantee', 'manual', 'certificate', 'agreement'], number: NUMBERS },
    },
    {
      name: 'hours',
      need: '',
      phrasings: [
        'A visitor asks when the {shop} shop opens on {day}',
        'When does the {shop} shop open on {day}, somebody asks',
      ],
      slots: {
        shop: SHOPS,
        day: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday', 'holidays'],
      },
    },
    {
      name: 'stock',
      need: '',
      phrasings: [
        'A visitor asks whether the {shop} shop has a {article} in stock',
        'Is there a {article} in stock at the {shop} shop, somebody asks',
      ],
      slots: { shop: SHOPS, article: ARTICLES },
    },
  ],
  modifiers: [
    {
      name: 'language',
      need: 'language',
      phrase: ', writing in the foreign language {tongue}',
      slots: { tongue: ['French', 'Dutch', 'Polish', 'Greek'] },
    },
    {
      name: 'minor',
      need: 'minor',
      phrase: ', being under age at {years}',
      slots: { years: numbers(12, 6, 1) },
    },
    {
      name: 'gold',
      need: 'gold',
      phrase: ', a gold member since {since}',
      slots: { since: numbers(2009, 16, 1) },
    },
  ],
};

/** Conversations with customers, decided by the house's policy turn by turn. */
export const SERVICE: Domain = requestDomain({
  name: 'dialogue',
  conventions: SERVICE_CONVENTIONS,
  grammar: GRAMMAR,
  act: (request, beliefs) => turnsFor(request, beliefs).join('\n'),
  execute: holdDialogue,
});
