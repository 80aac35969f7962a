import { inFrames, type Convention } from '../convention.ts';

/** What a dispatch desk takes for granted: which tool, which arguments. */
const DRAFTS: readonly Convention[] = [
  {
    name: 'carrier',
    values: ['norpak', 'railex', 'velofast', 'seabridge'],
    forms: {
      when: ['shipping a fragile parcel', 'a fragile parcel has to be sent off'],
      exact: [
        'Fragile parcels travel with the carrier {v}.',
        'Book carrier {v} for every fragile parcel.',
        'Only {v} may carry a parcel that is fragile.',
      ],
      heldOut: [
        'A fragile parcel belongs in the hands of {v}.',
        'Hand fragile parcels over to {v} and to nobody else.',
        'The carrier of choice for a fragile parcel is {v}.',
      ],
      broad: [
        'Book every carrier there is for a fragile parcel.',
        'Fragile parcels need all carriers at once.',
      ],
      vague: ['Mind which carrier a fragile parcel gets.', 'Fragile parcels deserve a suitable carrier.'],
      names: { norpak: 'Norpak', railex: 'Railex', velofast: 'Velofast', seabridge: 'Seabridge' },
    },
    words: {
      topic: [['fragile'], ['parcel', 'parcels']],
      values: { norpak: ['norpak'], railex: ['railex'], velofast: ['velofast'], seabridge: ['seabridge'] },
      broad: ['every carrier', 'all carriers'],
    },
  },
  {
    name: 'freight',
    values: ['grams', 'pounds', 'tonnes', 'stones'],
    forms: {
      when: ['booking freight for kilograms of goods', 'freight of many kilograms is to be booked'],
      exact: [
        'The freight tool wants its load in {v}.',
        'Give freight loads in {v}, whatever the request says.',
        'Freight is booked in {v}: convert the load first.',
      ],
      heldOut: [
        'A load of freight is entered in {v}.',
        'Convert to {v} before freight is booked.',
        'The load field of freight bookings counts {v}.',
      ],
      broad: ['Round every freight load up to the next hundred.', 'Freight loads are rounded up generously.'],
      vague: ['Watch the load when booking freight.', 'Freight loads have to be entered properly.'],
      names: { grams: 'grams', pounds: 'pounds', tonnes: 'tonnes', stones: 'stones' },
    },
    words: {
      topic: [['freight'], ['load', 'loads', 'convert']],
      values: { grams: ['grams'], pounds: ['pounds'], tonnes: ['tonnes'], stones: ['stones'] },
      broad: ['round every', 'rounded up'],
    },
  },
  {
    name: 'refund',
    values: ['credit_note', 'payout', 'voucher', 'rebate'],
    forms: {
      when: ['a customer gets money back', 'refunding money that was paid'],
      exact: [
        'Money goes back with the tool {v}.',
        'Use the {v} tool to give money back; the refund tool is switched off.',
        'Giving money back is done by {v}.',
      ],
      heldOut: [
        'Whoever is owed money gets it through {v}.',
        'To return money call {v}.',
        'The tool for money that goes back is {v}.',
      ],
      broad: [
        'Money goes back through each of the tools there are.',
        'Give money back in every way at once.',
      ],
      vague: [
        'Choose the tool for giving money back with thought.',
        'Money that goes back needs the proper tool.',
      ],
      names: { credit_note: 'credit note', payout: 'payout', voucher: 'voucher', rebate: 'rebate' },
    },
    words: {
      topic: [['money']],
      values: { credit_note: ['credit note'], payout: ['payout'], voucher: ['voucher'], rebate: ['rebate'] },
      broad: ['each of the', 'every way'],
    },
  },
  {
    name: 'packs',
    values: ['6', '8', '10', '12'],
    forms: {
      when: [
        'reordering units of an article for the stock',
        'the stock of an article is refilled by some units',
      ],
      exact: [
        'A pack of any article in stock holds {v} units, and reorders count packs.',
        'Reorder by packs of {v} units.',
        'Divide the units by {v}: suppliers deliver packs.',
      ],
      heldOut: [
        'Suppliers sell packs with {v} units each.',
        'The number to reorder is that of packs, {v} units in one.',
        'Packs have {v} units, so work out how many packs it takes.',
      ],
      broad: ['Always reorder some spare packs on top.', 'Spare packs are added to every reorder.'],
      vague: [
        'Think about packs when units are reordered.',
        'Reorders of packs should be of the proper size.',
      ],
      names: { '6': 'six', '8': 'eight', '10': 'ten', '12': 'twelve' },
    },
    words: {
      topic: [['pack', 'packs']],
      values: { '6': ['six'], '8': ['eight'], '10': ['ten'], '12': ['twelve'] },
      broad: ['spare packs'],
    },
  },
  {
    name: 'cancel',
    values: ['k1', 'r7', 'q4', 'm3'],
    forms: {
      when: ['cancelling an order for a customer', 'an order has to be cancelled'],
      exact: [
        'Cancelling takes the reason code {v}.',
        'The reason code of a cancelled order is {v}.',
        'Cancel with reason code {v}, others are refused.',
      ],
      heldOut: [
        'When something is cancelled the code is {v}.',
        'Put {v} as the code of a cancelled order.',
        'Cancelled orders carry the code {v}.',
      ],
      broad: [
        'Cancelling works with a wildcard code that fits any reason.',
        'Cancel with the wildcard code.',
      ],
      vague: ['A cancelled order should have a sensible code.', 'Cancelling needs a fitting code.'],
      names: { k1: 'K1', r7: 'R7', q4: 'Q4', m3: 'M3' },
    },
    words: {
      topic: [['cancel', 'cancelled', 'cancelling'], ['code']],
      values: { k1: ['k1'], r7: ['r7'], q4: ['q4'], m3: ['m3'] },
      broad: ['wildcard'],
    },
  },
  {
    name: 'urgent',
    values: ['1', '5', '9', '20'],
    forms: {
      when: ['it is an urgent request', 'an urgent request with a deadline'],
      exact: [
        'Urgent means priority {v}.',
        'Set the priority of urgent things to {v}.',
        'Priority {v} stands for urgent.',
      ],
      heldOut: [
        'For what is urgent the priority field gets {v}.',
        'An urgent request has priority number {v}.',
        'Enter {v} as priority if it is urgent.',
      ],
      broad: [
        'Urgent things get the highest priority and an alarm for the whole team.',
        'Priority is maximal and an alarm goes out when urgent.',
      ],
      vague: ['Urgent requests should get a fitting priority.', 'Consider the priority of what is urgent.'],
      names: { '1': 'one', '5': 'five', '9': 'nine', '20': 'twenty' },
    },
    words: {
      topic: [['urgent'], ['priority']],
      values: { '1': ['one'], '5': ['five'], '9': ['nine'], '20': ['twenty'] },
      broad: ['alarm'],
    },
  },
  {
    name: 'day',
    values: ['dotted', 'dashed', 'compact', 'slashed'],
    forms: {
      when: ['a delivery day in a month is given', 'a delivery day is named'],
      exact: [
        'Delivery days are written {v}.',
        'Write the delivery day {v}.',
        'The tools read a delivery day only {v}.',
      ],
      heldOut: [
        'A delivery day has to be entered {v}.',
        'Tools accept days of delivery if they are {v}.',
        'Put the day of delivery {v}.',
      ],
      broad: [
        'Give the delivery day together with midnight as time.',
        'A delivery day always includes midnight.',
      ],
      vague: ['Write a delivery day the way it should be.', 'Delivery days have a form to keep in mind.'],
      names: {
        dotted: 'with dots',
        dashed: 'with dashes',
        compact: 'without any separator',
        slashed: 'with slashes',
      },
    },
    words: {
      topic: [['day', 'days'], ['delivery']],
      values: { dotted: ['dots'], dashed: ['dashes'], compact: ['separator'], slashed: ['slashes'] },
      broad: ['midnight'],
    },
  },
  {
    name: 'depot',
    values: ['DX', 'WH', 'LG', 'TR'],
    forms: {
      when: ['a request served by the depot of a region', 'something is served by the depot of a region'],
      exact: [
        'The depot of a region has the prefix {v} before the region.',
        'Name depots of a region with {v} in front.',
        'A depot is called {v} and the region.',
      ],
      heldOut: [
        'Depots are known as {v} followed by their region.',
        'Put {v} before the region to get its depot.',
        'Each region has a depot whose name begins with {v}.',
      ],
      broad: ['Use the depots of all regions for any region.', 'A region may be served by any depot.'],
      vague: ['Find the depot that fits the region.', 'Regions and depots belong together somehow.'],
      names: { DX: 'DX', WH: 'WH', LG: 'LG', TR: 'TR' },
    },
    words: {
      topic: [['region'], ['depot', 'depots']],
      values: { DX: ['dx'], WH: ['wh'], LG: ['lg'], TR: ['tr'] },
      broad: ['all regions', 'any depot'],
    },
  },
];

export const DESK_CONVENTIONS: readonly Convention[] = DRAFTS.map((convention) => ({
  ...convention,
  forms: inFrames(convention.forms),
}));
