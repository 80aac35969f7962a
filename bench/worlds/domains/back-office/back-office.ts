import type { Domain } from '../domain.ts';
import { requestDomain } from '../request-domain.ts';
import { numbers, type Grammar } from '../requests.ts';
import { BACK_OFFICE_CONVENTIONS } from './conventions.ts';
import { runProcess } from './process.ts';
import { stepsFor } from './steps.ts';

const SUPPLIERS = [
  'Alder',
  'Birch',
  'Cedar',
  'Elm',
  'Hazel',
  'Juniper',
  'Larch',
  'Maple',
  'Oak',
  'Rowan',
  'Spruce',
  'Willow',
] as const;
const CLIENTS = numbers(2_004, 60, 13);
const TOPICS = ['deadlines', 'holidays', 'parking', 'signatures', 'opening-hours', 'newsletters'] as const;

const GRAMMAR: Grammar = {
  kinds: [
    {
      name: 'transfer',
      need: 'approval',
      phrasings: [
        'Transfer {euros} euros to the supplier {supplier}',
        'The supplier {supplier} gets a transfer of {euros} euros',
      ],
      slots: { euros: numbers(310, 60, 45), supplier: SUPPLIERS },
    },
    {
      name: 'details',
      need: 'freeze',
      phrasings: [
        'Change the bank details in the record of supplier {supplier} to {bank}',
        'Supplier {supplier} has new bank details for the record: {bank}',
      ],
      slots: { bank: numbers(70_019, 60, 311), supplier: SUPPLIERS },
    },
    {
      name: 'export',
      need: 'paging',
      phrasings: [
        'Export {rows} rows of the ledger {ledger}',
        'We need {rows} rows exported from ledger {ledger}',
      ],
      slots: { rows: ['450', '550', '650', '750', '850', '950'], ledger: numbers(11, 40, 3) },
    },
    {
      name: 'close',
      need: 'closing',
      phrasings: [
        'Close the account of client {client} at the end of {month}',
        'The account of client {client} is to be closed for good in {month}',
      ],
      slots: { client: CLIENTS, month: ['January', 'May', 'July', 'August', 'November'] },
    },
    {
      name: 'correct',
      need: 'correction',
      phrasings: [
        'Correct the sum of invoice {invoice} to {sum} euros',
        'The invoice {invoice} has a wrong sum, it should be {sum} euros',
      ],
      slots: { invoice: numbers(9_100, 60, 17), sum: numbers(205, 40, 31) },
    },
    {
      name: 'remind',
      need: '',
      phrasings: ['Remind client {client} of {topic}', 'Send a reminder about {topic} to client {client}'],
      slots: { client: CLIENTS, topic: TOPICS },
    },
    {
      name: 'call',
      need: '',
      phrasings: [
        'Write down that {supplier} called about {topic}',
        'There was a call from {supplier} about {topic}, keep it on file',
      ],
      slots: { supplier: SUPPLIERS, topic: TOPICS },
    },
  ],
  modifiers: [
    {
      name: 'contract',
      need: 'contract',
      phrase: ', under the contract number {contract}',
      slots: { contract: numbers(400, 60, 3) },
    },
    {
      name: 'currency',
      need: 'currency',
      phrase: ', converted from Swiss {currency}',
      slots: { currency: ['francs', 'crowns'] },
    },
    {
      name: 'evidence',
      need: 'evidence',
      phrase: ', with evidence for the audit in {city}',
      slots: { city: ['Bern', 'Graz', 'Ghent', 'Malmo'] },
    },
  ],
};

/** Which steps to take and in which order: requests to a back office whose API enforces the house's policy. */
export const BACK_OFFICE: Domain = requestDomain({
  name: 'policy-api',
  conventions: BACK_OFFICE_CONVENTIONS,
  grammar: GRAMMAR,
  act: (request, beliefs) => JSON.stringify(stepsFor(request, beliefs)),
  execute: runProcess,
});
