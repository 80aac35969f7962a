import type { Domain } from '../domain.ts';
import { requestDomain } from '../request-domain.ts';
import { numbers, type Grammar } from '../requests.ts';
import { deskApi } from './api.ts';
import { callsFor } from './calls.ts';
import { DESK_CONVENTIONS } from './conventions.ts';

const ORDERS = numbers(1_201, 120, 7);
const GOODS = ['glass', 'mirrors', 'lamps', 'vases', 'clocks'] as const;

const GRAMMAR: Grammar = {
  kinds: [
    {
      name: 'ship',
      need: 'carrier',
      phrasings: [
        'Ship the fragile parcel with {goods} of order {order}',
        'Send off the fragile {goods} parcel of order {order}',
      ],
      slots: { goods: GOODS, order: ORDERS },
    },
    {
      name: 'freight',
      need: 'freight',
      phrasings: [
        'Book freight for {kilos} kilograms of {bulk} for order {order}',
        'Arrange freight of {kilos} kilograms {bulk} for order {order}',
      ],
      slots: { kilos: numbers(1_150, 40, 130), bulk: ['gravel', 'timber', 'steel', 'sand'], order: ORDERS },
    },
    {
      name: 'refund',
      need: 'refund',
      phrasings: [
        'Refund {euros} euros of the money paid for order {order}',
        'Give the customer {euros} euros of the money back for order {order}',
      ],
      slots: { euros: numbers(12, 60, 9), order: ORDERS },
    },
    {
      name: 'reorder',
      need: 'packs',
      phrasings: [
        'Reorder {units} units of the article {article}',
        'Refill the stock of article {article} by {units} units',
      ],
      slots: { units: numbers(120, 20, 120), article: numbers(301, 40, 3) },
    },
    {
      name: 'cancel',
      need: 'cancel',
      phrasings: [
        'Cancel order {order} of customer {customer}',
        'Order {order} of customer {customer} has to be cancelled',
      ],
      slots: { order: ORDERS, customer: numbers(71, 40, 11) },
    },
    {
      name: 'note',
      need: '',
      phrasings: ['Leave the note {note} on order {order}', 'Put down {note} as a note about order {order}'],
      slots: { note: ['packed', 'checked', 'weighed', 'labelled'], order: ORDERS },
    },
    {
      name: 'rename',
      need: '',
      phrasings: [
        'Store the phone number {phone} for customer {customer}',
        'Customer {customer} can be called at {phone} now',
      ],
      slots: { phone: numbers(555_010, 60, 37), customer: numbers(71, 40, 11) },
    },
  ],
  modifiers: [
    { name: 'urgent', need: 'urgent', phrase: ', and it is an urgent request with a deadline', slots: {} },
    {
      name: 'day',
      need: 'day',
      phrase: ', delivery day {day} {month}',
      slots: { day: numbers(13, 12, 1), month: ['March', 'April', 'June', 'October'] },
    },
    {
      name: 'depot',
      need: 'depot',
      phrase: ', served by the depot of the {region} region',
      slots: { region: ['north', 'south', 'east', 'west'] },
    },
  ],
};

/** Which tool to call, and with which arguments: requests at a dispatch desk, decided by the desk's state afterwards. */
export const DESK: Domain = requestDomain({
  name: 'tools',
  conventions: DESK_CONVENTIONS,
  grammar: GRAMMAR,
  act: (request, beliefs) => JSON.stringify(callsFor(request, beliefs)),
  execute: (request, action, truth) => deskApi(action, callsFor(request, truth)),
});
