import { inFrames, type Convention } from '../convention.ts';

/** What a customer service takes for granted: what is asked, offered and refused, and in which order. */
const DRAFTS: readonly Convention[] = [
  {
    name: 'identity',
    values: ['birthday', 'postcode', 'pin', 'invoice'],
    forms: {
      when: ['a caller wants to change the delivery address', 'changing a delivery address for a caller'],
      exact: [
        'Ask for the {v} before an address is changed.',
        'An address change needs the {v} of the caller first.',
        'Nobody gets a new address without naming the {v}.',
      ],
      heldOut: [
        'The caller has to give the {v}, only then the address may change.',
        'Check the {v} ahead of any address change.',
        'An address is safe once the {v} was checked.',
      ],
      broad: [
        'Ask for every proof there is before an address changes.',
        'Every proof is needed for a new address.',
      ],
      vague: [
        'An address change may call for some check.',
        'Be sure about the caller when an address changes.',
      ],
      names: {
        birthday: 'date of birth',
        postcode: 'postcode',
        pin: 'customer PIN',
        invoice: 'last invoice number',
      },
    },
    words: {
      topic: [['address']],
      values: {
        birthday: ['date of birth'],
        postcode: ['postcode'],
        pin: ['customer pin'],
        invoice: ['last invoice'],
      },
      broad: ['every proof'],
    },
  },
  {
    name: 'window',
    values: ['14', '21', '30', '60'],
    forms: {
      when: ['a customer wants to return an article of an order', 'an article of an order is to be returned'],
      exact: [
        'Articles may be returned within {v} days; tell the customer so.',
        'The time for returns is {v} days, name it.',
        'State {v} days as the limit for returns.',
      ],
      heldOut: [
        'Who returns something has {v} days for it.',
        'Say that returns are open for {v} days.',
        'A limit of {v} days holds for whatever is returned.',
      ],
      broad: [
        'Accept whatever is returned at any time without a limit.',
        'Returns have no limit: take them at any time.',
      ],
      vague: ['There is a limit for returns.', 'Returned articles are subject to a time limit.'],
      names: { '14': 'fourteen', '21': 'twenty-one', '30': 'thirty', '60': 'sixty' },
    },
    words: {
      topic: [['returned', 'returns', 'return']],
      values: { '14': ['fourteen'], '21': ['twenty one'], '30': ['thirty'], '60': ['sixty'] },
      broad: ['any time'],
    },
  },
  {
    name: 'late',
    values: ['voucher', 'shipping', 'gift', 'points'],
    forms: {
      when: ['a customer complains about a late delivery', 'a delivery is late and the customer complains'],
      exact: [
        'Offer {v} when a delivery was late.',
        'Late deliveries are made good by {v}.',
        'For a late delivery the customer gets {v}.',
      ],
      heldOut: [
        'Being late is settled with {v}.',
        'Make up for what came late by {v}.',
        'If it came late, {v} is what we offer.',
      ],
      broad: ['Offer everything we have when a delivery was late.', 'Late customers get everything at once.'],
      vague: ['Customers expect something when it was late.', 'Find a nice offer if a delivery was late.'],
      names: {
        voucher: 'a voucher',
        shipping: 'free shipping',
        gift: 'a small gift',
        points: 'bonus points',
      },
    },
    words: {
      topic: [['late']],
      values: {
        voucher: ['voucher'],
        shipping: ['free shipping'],
        gift: ['small gift'],
        points: ['bonus points'],
      },
      broad: ['everything'],
    },
  },
  {
    name: 'leaving',
    values: ['retention', 'supervisor', 'billing', 'partner'],
    forms: {
      when: ['a customer wants to end the subscription', 'ending a subscription'],
      exact: [
        'The end of a subscription goes through {v}.',
        'Before a subscription ends it is looked at by {v}.',
        'Subscriptions are ended by {v} only.',
      ],
      heldOut: [
        'Ending a subscription is a matter for {v}.',
        'Let {v} take care of a subscription that is to end.',
        'The desk for ending subscriptions is {v}.',
      ],
      broad: [
        'Pass an ending subscription on to all desks together.',
        'All desks hear about every subscription that ends.',
      ],
      vague: [
        'Somebody should look at a subscription that ends.',
        'Think twice about who handles the end of a subscription.',
      ],
      names: {
        retention: 'the retention desk',
        supervisor: 'a supervisor',
        billing: 'the billing desk',
        partner: 'the partner desk',
      },
    },
    words: {
      topic: [['subscription', 'subscriptions']],
      values: {
        retention: ['retention'],
        supervisor: ['supervisor'],
        billing: ['billing'],
        partner: ['partner'],
      },
      broad: ['all desks'],
    },
  },
  {
    name: 'copies',
    values: ['letter', 'portal', 'fax', 'courier'],
    forms: {
      when: ['a customer asks for a copy of a document', 'a copy of some document is wanted'],
      exact: [
        'Copies of documents go out by {v}.',
        'Send a copy of a document by {v}.',
        'The way for a copy is {v}.',
      ],
      heldOut: [
        'Whoever wants a copy gets it by {v}.',
        'We hand out copies by {v} alone.',
        'A copy leaves the house by {v}.',
      ],
      broad: ['Send a copy over each way there is.', 'A copy is sent by each way at once.'],
      vague: [
        'A copy can be sent in different ways.',
        'Choose how a copy is sent with care for the customer.',
      ],
      names: { letter: 'registered letter', portal: 'customer portal', fax: 'fax', courier: 'courier' },
    },
    words: {
      topic: [['copy', 'copies']],
      values: {
        letter: ['registered letter'],
        portal: ['customer portal'],
        fax: ['fax'],
        courier: ['courier'],
      },
      broad: ['each way'],
    },
  },
  {
    name: 'minor',
    values: ['guardian', 'school', 'notary', 'office'],
    forms: {
      when: ['the customer is under age', 'a customer under age'],
      exact: [
        'Under age customers need the consent of {v}.',
        'Get consent from {v} if a customer is under age.',
        'Consent of {v} comes first with anybody under age.',
      ],
      heldOut: [
        'When under age, {v} must give consent.',
        'Nobody under age is served without consent by {v}.',
        'The consent for those under age is given by {v}.',
      ],
      broad: ['Refuse anybody under age, consent or not.', 'Under age means refuse, no consent helps.'],
      vague: ['Being under age has consequences for consent.', 'Consider consent for somebody under age.'],
      names: { guardian: 'a guardian', school: 'the school', notary: 'a notary', office: 'the youth office' },
    },
    words: {
      topic: [['under age'], ['consent']],
      values: { guardian: ['guardian'], school: ['school'], notary: ['notary'], office: ['youth office'] },
      broad: ['refuse'],
    },
  },
  {
    name: 'language',
    values: ['english', 'interpreter', 'native', 'glossary'],
    forms: {
      when: [
        'the customer writes in a foreign language',
        'writing in a foreign language such as Greek or Dutch',
      ],
      exact: [
        'Foreign languages are answered {v}.',
        'Answer a foreign language {v}.',
        'Whoever writes in a foreign language is answered {v}.',
      ],
      heldOut: [
        'If the language is foreign, we reply {v}.',
        'Reply to foreign languages {v}.',
        'A foreign language is dealt with {v}.',
      ],
      broad: [
        'Answer a foreign language in all languages that we know.',
        'All languages are used when one is foreign.',
      ],
      vague: ['A foreign language makes a difference.', 'Be polite in a foreign language.'],
      names: {
        english: 'in English',
        interpreter: 'through an interpreter',
        native: 'by a native speaker',
        glossary: 'with the glossary',
      },
    },
    words: {
      topic: [['foreign'], ['language', 'languages']],
      values: {
        english: ['in english'],
        interpreter: ['interpreter'],
        native: ['native speaker'],
        glossary: ['glossary'],
      },
      broad: ['all languages'],
    },
  },
  {
    name: 'gold',
    values: ['greeting', 'adviser', 'priority', 'invitation'],
    forms: {
      when: ['a gold member', 'the customer has gold status'],
      exact: [
        'A gold member is entitled to {v}.',
        'Close with {v} for a gold member.',
        'Gold members always get {v}.',
      ],
      heldOut: [
        'End with {v} if it is a gold member.',
        'Gold means {v} at the end.',
        'What a gold member receives is {v}.',
      ],
      broad: [
        'Gold members receive every favour we can think of.',
        'Every favour is granted to a gold member.',
      ],
      vague: ['A gold member is somebody special.', 'Treat a gold member well.'],
      names: {
        greeting: 'a personal greeting',
        adviser: 'an adviser of their own',
        priority: 'the priority lane',
        invitation: 'an invitation',
      },
    },
    words: {
      topic: [['gold']],
      values: {
        greeting: ['personal greeting'],
        adviser: ['adviser'],
        priority: ['priority lane'],
        invitation: ['invitation'],
      },
      broad: ['every favour'],
    },
  },
];

export const SERVICE_CONVENTIONS: readonly Convention[] = DRAFTS.map((convention) => ({
  ...convention,
  forms: inFrames(convention.forms),
}));
