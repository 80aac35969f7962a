import { inFrames, type Convention } from '../convention.ts';

/** What a payments back office takes for granted: which steps, in which order. */
const DRAFTS: readonly Convention[] = [
  {
    name: 'approval',
    values: ['manager', 'treasury', 'board', 'controller'],
    forms: {
      when: ['transferring euros to a supplier', 'a supplier gets a transfer of euros'],
      exact: [
        'A transfer needs the approval of the {v} first.',
        'Request approval from the {v} before any transfer.',
        'No transfer goes out without approval by the {v}.',
      ],
      heldOut: [
        'The {v} has to give approval, then the transfer is made.',
        'Get the approval of the {v} ahead of a transfer.',
        'Transfers wait for approval from the {v}.',
      ],
      broad: [
        'Collect approval from everyone in charge before a transfer.',
        'A transfer takes the approval of everyone.',
      ],
      vague: ['Consider whether a transfer needs some approval.', 'Approval can matter for a transfer.'],
      names: { manager: 'manager', treasury: 'treasury', board: 'board', controller: 'controller' },
    },
    words: {
      topic: [['transfer', 'transfers'], ['approval']],
      values: { manager: ['manager'], treasury: ['treasury'], board: ['board'], controller: ['controller'] },
      broad: ['everyone'],
    },
  },
  {
    name: 'freeze',
    values: ['lock', 'suspend', 'hold', 'detach'],
    forms: {
      when: ['changing the bank details of a supplier record', 'bank details in a supplier record change'],
      exact: [
        'First {v} the supplier record, then change its bank details, then release it.',
        'Bank details change only after the step {v} on the record.',
        'Use {v} before new bank details are written, and release afterwards.',
      ],
      heldOut: [
        'The record of a supplier must go through {v} before bank details are touched.',
        'Begin with {v}, write the bank details, end with release.',
        'Bank details are safe to change once {v} was done.',
      ],
      broad: [
        'Archive the supplier record before its bank details change.',
        'Bank details change after the record went to the archive.',
      ],
      vague: [
        'Treat a supplier record gently when bank details change.',
        'Changing bank details takes preparation.',
      ],
      names: { lock: 'lock', suspend: 'suspend', hold: 'hold', detach: 'detach' },
    },
    words: {
      topic: [['bank details']],
      values: { lock: ['lock'], suspend: ['suspend'], hold: ['hold'], detach: ['detach'] },
      broad: ['archive'],
    },
  },
  {
    name: 'paging',
    values: ['50', '100', '200', '400'],
    forms: {
      when: ['exporting rows of a ledger', 'the rows of a ledger are exported'],
      exact: [
        'The ledger is exported in pages of {v} rows.',
        'Ask for {v} rows per page of a ledger export.',
        'A page of the ledger export has {v} rows, no more and no less.',
      ],
      heldOut: [
        'Export a ledger page by page, {v} rows each.',
        'Pages of {v} rows are what a ledger export gives.',
        'Cut a ledger export into pages with {v} rows.',
      ],
      broad: ['Export the ledger row by row, one page for each row.', 'A ledger page holds a single row.'],
      vague: [
        'Pages of a ledger export have some size.',
        'Take the page size of a ledger export into account.',
      ],
      names: { '50': 'fifty', '100': 'one hundred', '200': 'two hundred', '400': 'four hundred' },
    },
    words: {
      topic: [['ledger'], ['page', 'pages']],
      values: { '50': ['fifty'], '100': ['one hundred'], '200': ['two hundred'], '400': ['four hundred'] },
      broad: ['row by row', 'single row'],
    },
  },
  {
    name: 'closing',
    values: ['fee', 'payout', 'notice', 'statement'],
    forms: {
      when: ['closing the account of a client', 'a client account is closed for good'],
      exact: [
        'Closing an account begins with the {v}.',
        'The {v} comes first when an account is closed.',
        'Do the {v}, then what is left, when you are closing an account.',
      ],
      heldOut: [
        'An account is closed starting from the {v}.',
        'Before an account can be closed, deal with the {v}.',
        'Start with the {v} if an account is to be closed.',
      ],
      broad: [
        'Closing an account takes each step twice, to be on the safe side.',
        'Do everything twice when an account is closed.',
      ],
      vague: [
        'The order of steps matters when an account is closed.',
        'Closing an account has its own order.',
      ],
      names: { fee: 'fee', payout: 'payout', notice: 'notice', statement: 'statement' },
    },
    words: {
      topic: [['account'], ['closed', 'closing']],
      values: { fee: ['fee'], payout: ['payout'], notice: ['notice'], statement: ['statement'] },
      broad: ['twice'],
    },
  },
  {
    name: 'correction',
    values: ['rebook', 'credit', 'amend', 'offset'],
    forms: {
      when: ['correcting the sum of an invoice', 'an invoice has the wrong sum'],
      exact: [
        'An invoice is corrected by {v}, never overwritten.',
        'To correct an invoice use {v}.',
        'Correct the sum of an invoice by way of {v}.',
      ],
      heldOut: [
        'The way to correct an invoice is {v}.',
        'A wrong invoice is corrected through {v}.',
        'For an invoice to be corrected, {v} has to be done.',
      ],
      broad: [
        'Delete a wrong invoice and create it anew to correct it.',
        'An invoice is corrected by deleting it: delete and create.',
      ],
      vague: ['Invoices are corrected in a particular manner.', 'Choose well how to correct an invoice.'],
      names: { rebook: 'rebooking', credit: 'crediting', amend: 'amending', offset: 'offsetting' },
    },
    words: {
      topic: [['invoice'], ['correct', 'corrected']],
      values: { rebook: ['rebooking'], credit: ['crediting'], amend: ['amending'], offset: ['offsetting'] },
      broad: ['delete'],
    },
  },
  {
    name: 'contract',
    values: ['CT', 'VN', 'AG', 'KZ'],
    forms: {
      when: ['something is done under a contract number', 'a contract number is given'],
      exact: [
        'Contract numbers are prefixed with {v}.',
        'Write {v} in front of a contract number.',
        'The reference of a contract is {v} and its number.',
      ],
      heldOut: [
        'A contract is referred to by {v} plus number.',
        'Put {v} before the number of a contract.',
        'References to contracts start with {v}, then comes the contract number.',
      ],
      broad: [
        'Quote the numbers of all contracts of the party as reference.',
        'A reference names all contracts there are, not one contract.',
      ],
      vague: ['A contract should be referred to unambiguously.', 'Look at how a contract is quoted.'],
      names: { CT: 'CT', VN: 'VN', AG: 'AG', KZ: 'KZ' },
    },
    words: {
      topic: [['contract', 'contracts']],
      values: { CT: ['ct'], VN: ['vn'], AG: ['ag'], KZ: ['kz'] },
      broad: ['all contracts'],
    },
  },
  {
    name: 'currency',
    values: ['monthly', 'daily', 'fixed', 'weekly'],
    forms: {
      when: [
        'something is converted from Swiss francs or crowns',
        'an amount converted from Swiss francs or crowns',
      ],
      exact: [
        'Francs and crowns are converted at the {v} rate before anything else.',
        'Convert at the {v} rate when it is in francs or crowns.',
        'The {v} rate counts for francs and crowns.',
      ],
      heldOut: [
        'With francs or crowns, start by converting at the {v} rate.',
        'Use the {v} rate for whatever is in crowns or francs.',
        'Crowns and francs go by the {v} rate.',
      ],
      broad: [
        'Convert francs and crowns at every rate and take the mean.',
        'Every rate is applied in turn to francs and crowns.',
      ],
      vague: ['Rates matter for francs and crowns.', 'Mind the rate when francs or crowns are used.'],
      names: { monthly: 'monthly', daily: 'daily', fixed: 'fixed', weekly: 'weekly' },
    },
    words: {
      topic: [['francs'], ['rate']],
      values: { monthly: ['monthly'], daily: ['daily'], fixed: ['fixed'], weekly: ['weekly'] },
      broad: ['every rate'],
    },
  },
  {
    name: 'evidence',
    values: ['blue', 'vault', 'cellar', 'annex'],
    forms: {
      when: ['evidence for the audit is needed', 'something comes with evidence for the audit'],
      exact: [
        'For the audit, evidence is filed in the {v} at the end.',
        'File evidence in the {v} when the audit is concerned.',
        'Audit evidence belongs in the {v}.',
      ],
      heldOut: [
        'The {v} is where evidence for the audit has its place.',
        'Finish by filing evidence for the audit in the {v}.',
        'What the audit may ask for: keep evidence of it in the {v}.',
      ],
      broad: ['File evidence for the audit in every place there is.', 'Audit evidence goes to every place.'],
      vague: ['The audit likes some evidence.', 'Keep evidence in mind when the audit is near.'],
      names: { blue: 'blue folder', vault: 'vault', cellar: 'cellar', annex: 'annex' },
    },
    words: {
      topic: [['audit'], ['evidence']],
      values: { blue: ['blue folder'], vault: ['vault'], cellar: ['cellar'], annex: ['annex'] },
      broad: ['every place'],
    },
  },
];

export const BACK_OFFICE_CONVENTIONS: readonly Convention[] = DRAFTS.map((convention) => ({
  ...convention,
  forms: inFrames(convention.forms),
}));
