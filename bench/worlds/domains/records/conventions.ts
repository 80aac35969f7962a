import { inFrames, type Convention } from '../convention.ts';

/** What a document archive takes for granted: how facts from a message are coded in a record. */
const DRAFTS: readonly Convention[] = [
  {
    name: 'date',
    values: ['dmy', 'mdy', 'ydm', 'dym'],
    forms: {
      when: ['a delivery note dated with three numbers', 'a date on a delivery note'],
      exact: [
        'Dates on delivery notes read {v}; code them year, month, day.',
        'A delivery note states its date as {v}.',
        'Take the date of a delivery note as {v}.',
      ],
      heldOut: [
        'The numbers in a date on delivery notes stand for {v}.',
        'Read {v} when a delivery note has a date.',
        'Whoever writes a delivery note puts the date as {v}.',
      ],
      broad: [
        'Keep nothing but the year of a date on a delivery note.',
        'A delivery note only needs the year of its date.',
      ],
      vague: [
        'A date on a delivery note can be read in several ways.',
        'Read the date of a delivery note properly.',
      ],
      names: {
        dmy: 'day before month before year',
        mdy: 'month before day before year',
        ydm: 'year before day before month',
        dym: 'day before year before month',
      },
    },
    words: {
      topic: [
        ['delivery note', 'delivery notes'],
        ['date', 'dates'],
      ],
      values: {
        dmy: ['day before month before year'],
        mdy: ['month before day before year'],
        ydm: ['year before day before month'],
        dym: ['day before year before month'],
      },
      broad: ['nothing but the year', 'only needs the year'],
    },
  },
  {
    name: 'tax',
    values: ['7', '10', '19', '25'],
    forms: {
      when: ['a receipt with an amount in euros', 'the amount of a receipt is to be recorded'],
      exact: [
        'Amounts of receipts include {v} percent tax; record the amount without it.',
        'Take {v} percent tax out of the amount of a receipt.',
        'The net amount of a receipt is what is left without {v} percent tax.',
      ],
      heldOut: [
        'A receipt shows the amount with {v} percent tax, the archive wants it without.',
        'Record a receipt net: its amount has {v} percent tax in it.',
        'Receipts: {v} percent tax is part of the amount and has to go.',
      ],
      broad: [
        'Round the amount of a receipt to whole tens and forget about tax.',
        'Receipt amounts and tax are kept in whole tens only.',
      ],
      vague: [
        'The amount of a receipt may have to do with tax.',
        'Think of tax when a receipt has an amount.',
      ],
      names: { '7': 'seven', '10': 'ten', '19': 'nineteen', '25': 'twenty-five' },
    },
    words: {
      topic: [['receipt', 'receipts'], ['tax']],
      values: { '7': ['seven'], '10': ['ten'], '19': ['nineteen'], '25': ['twenty five'] },
      broad: ['whole tens'],
    },
  },
  {
    name: 'vendor',
    values: ['S', 'K', 'V', 'L'],
    forms: {
      when: ['a purchase from a vendor', 'goods were a purchase from some vendor'],
      exact: [
        'A vendor is coded as {v}, a hyphen and the first three letters.',
        'Vendor codes are {v} with three letters of the name.',
        'The code of a vendor begins with {v}.',
      ],
      heldOut: [
        'Code vendors by {v} and three letters.',
        'Put {v} before the three letters that stand for a vendor.',
        'Each vendor code has {v} in front.',
      ],
      broad: [
        'Record a vendor under its code and its full name and its initials.',
        'Full name and initials and code are recorded for a vendor.',
      ],
      vague: ['A vendor has some kind of code.', 'Vendors should be coded well.'],
      names: { S: 'S', K: 'K', V: 'V', L: 'L' },
    },
    words: {
      topic: [['vendor', 'vendors']],
      values: { S: ['s'], K: ['k'], V: ['v'], L: ['l'] },
      broad: ['full name'],
    },
  },
  {
    name: 'person',
    values: ['comma', 'initial', 'dotted', 'joined'],
    forms: {
      when: ['a letter names its signatory', 'the signatory of a letter is to be recorded'],
      exact: [
        'The signatory of a letter is recorded {v}.',
        'Record a signatory {v}.',
        'Signatories are kept {v}.',
      ],
      heldOut: [
        'Names of signatories go into the record {v}.',
        'A signatory is entered {v}.',
        'Put the signatory down {v}.',
      ],
      broad: ['Record the signatory with every title that could apply.', 'A signatory gets every title.'],
      vague: ['A signatory has a name that can be put in several ways.', 'Record a signatory with respect.'],
      names: {
        comma: 'last name first with a comma',
        initial: 'by initial and last name',
        dotted: 'with a dot between the names',
        joined: 'as one word of both names',
      },
    },
    words: {
      topic: [['signatory', 'signatories']],
      values: { comma: ['comma'], initial: ['initial'], dotted: ['dot'], joined: ['one word'] },
      broad: ['every title'],
    },
  },
  {
    name: 'travel',
    values: ['4100', '5200', '6300', '7400'],
    forms: {
      when: ['a travel expense by train, taxi, ferry or bus', 'somebody had an expense for travel'],
      exact: [
        'Travel expenses belong to cost centre {v}.',
        'The cost centre of any travel expense is {v}.',
        'Charge travel to cost centre {v}.',
      ],
      heldOut: [
        'Cost centre {v} carries every expense for travel.',
        'Expenses of travel are booked on cost centre {v}.',
        'For travel, enter {v} as cost centre.',
      ],
      broad: [
        'Split a travel expense over the cost centres of the whole firm.',
        'The whole firm shares travel through all cost centres.',
      ],
      vague: ['Travel expenses have their cost centre.', 'Find a good cost centre for travel.'],
      names: { '4100': '4100', '5200': '5200', '6300': '6300', '7400': '7400' },
    },
    words: {
      topic: [['travel'], ['cost centre', 'cost centres']],
      values: { '4100': ['4100'], '5200': ['5200'], '6300': ['6300'], '7400': ['7400'] },
      broad: ['whole firm'],
    },
  },
  {
    name: 'phone',
    values: ['none', 'unknown', 'blank', 'zero'],
    forms: {
      when: ['no telephone is given', 'the telephone is not known'],
      exact: [
        'A telephone that is not given is recorded as {v}.',
        'Enter {v} if there is no telephone.',
        'Without a telephone the field says {v}.',
      ],
      heldOut: [
        'If nobody gives a telephone write {v}.',
        'No telephone means {v} in the record.',
        'The mark for a lacking telephone is {v}.',
      ],
      broad: [
        'Put the number of the switchboard wherever a telephone lacks.',
        'A lacking telephone is replaced by the switchboard.',
      ],
      vague: ['A telephone may be lacking.', 'Handle a lacking telephone sensibly.'],
      names: { none: 'NONE', unknown: 'UNKNOWN', blank: 'BLANK', zero: 'ZERO' },
    },
    words: {
      topic: [['telephone']],
      values: { none: ['none'], unknown: ['unknown'], blank: ['blank'], zero: ['zero'] },
      broad: ['switchboard'],
    },
  },
  {
    name: 'country',
    values: ['dial', 'plate', 'iso', 'top'],
    forms: {
      when: ['the country of origin is given', 'a country of origin is recorded'],
      exact: [
        'Countries are recorded by their {v}.',
        'Give the country as {v}.',
        'The {v} stands for the country in records.',
      ],
      heldOut: [
        'For a country write its {v}.',
        'Use the {v} of a country of origin.',
        'A country of origin appears as its {v}.',
      ],
      broad: ['Record the continent instead of the country.', 'A continent is enough for any country.'],
      vague: ['A country can be coded in many ways.', 'Think about how to code a country.'],
      names: {
        dial: 'dialling code',
        plate: 'letters on number plates',
        iso: 'three letter code',
        top: 'internet domain',
      },
    },
    words: {
      topic: [['country', 'countries']],
      values: {
        dial: ['dialling code'],
        plate: ['number plates'],
        iso: ['three letter'],
        top: ['internet domain'],
      },
      broad: ['continent'],
    },
  },
  {
    name: 'crates',
    values: ['6', '15', '20', '24'],
    forms: {
      when: ['crates full of pieces came along', 'a number of crates full of pieces'],
      exact: [
        'A crate counts as {v} pieces.',
        'Record pieces, {v} for each crate.',
        'Multiply crates by {v} to get pieces.',
      ],
      heldOut: [
        'Crates hold {v} pieces each, and pieces are what is recorded.',
        'There are {v} pieces in one crate.',
        'For each crate write {v} pieces.',
      ],
      broad: [
        'Record crates as a gross number of pieces, rounded to hundreds.',
        'Pieces in crates are rounded to hundreds.',
      ],
      vague: ['Crates have pieces in them.', 'Consider the pieces in crates.'],
      names: { '6': 'six', '15': 'fifteen', '20': 'twenty', '24': 'twenty-four' },
    },
    words: {
      topic: [['crate', 'crates'], ['pieces']],
      values: {
        '6': ['six'],
        '15': ['fifteen'],
        '20': ['twenty pieces', 'twenty for', 'by twenty to'],
        '24': ['twenty four'],
      },
      broad: ['hundreds'],
    },
  },
];

export const RECORDS_CONVENTIONS: readonly Convention[] = DRAFTS.map((convention) => ({
  ...convention,
  forms: inFrames(convention.forms),
}));
