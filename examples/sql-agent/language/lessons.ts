import type { Convention } from '../world/conventions.ts';

/** How people write about one convention. `{v}` stands for the value's name. */
export interface LessonForms {
  /** Situations: the words that questions of this kind use, so that retrieval finds the lesson for them. */
  readonly when: readonly [string, ...string[]];
  /** Says the convention outright. */
  readonly exact: readonly [string, ...string[]];
  /** The same in words that were not looked at while the worlds were tuned: see {@link HELD_OUT_FROM_SEED}. */
  readonly heldOut: readonly [string, ...string[]];
  /** Overshoots it. */
  readonly broad: readonly [string, ...string[]];
  /** On topic, and says nothing that could be followed. */
  readonly vague: readonly [string, ...string[]];
  /** Name of each value. */
  readonly names: Readonly<Record<string, string>>;
}

/** Worlds from this seed on are for the final table: their analyst writes the held-out forms only. */
export const HELD_OUT_FROM_SEED = 1_000;

/** The paraphrase grammar of the simulated analyst. */
export const LESSONS: Readonly<Record<Convention, LessonForms>> = {
  removed: {
    when: [
      'counting customers of a sector or industry that joined',
      'a question asks how many customers joined',
      'customers of a sector are counted',
    ],
    exact: [
      `Leave out customers whose lifecycle is '{v}': they have been removed.`,
      `A customer with lifecycle '{v}' is deleted, so filter with lifecycle <> '{v}' before counting customers.`,
      `Rows of customers marked lifecycle '{v}' are soft-deleted and must not be counted.`,
      `Removed customers stay in the table under lifecycle '{v}'; exclude them from customer numbers.`,
      `Customer counts are only right without lifecycle '{v}', the code for customers who were taken out.`,
    ],
    heldOut: [
      `Do not count a customer whose lifecycle reads '{v}', such customers were removed.`,
      `lifecycle = '{v}' marks customers that no longer exist; keep them out of every count.`,
      `The count of customers must skip those with '{v}' in lifecycle, because they are deleted customers.`,
      `'{v}' in the lifecycle column stands for a removed customer: filter these customers first.`,
    ],
    broad: [
      `Count only customers whose lifecycle is 'A' and drop every other customer.`,
      `Any customer with a lifecycle other than 'A' is gone: keep lifecycle = 'A' customers only.`,
    ],
    vague: [
      'Think about which customers belong in the count before answering.',
      'Look closely at the lifecycle of customers, it can matter for the count.',
    ],
    names: { X: 'X', Z: 'Z', Q: 'Q', K: 'K' },
  },
  unit: {
    when: [
      'an invoice amount in euros',
      'invoice amounts of a channel in euros',
      'adding up or comparing invoice amounts',
    ],
    exact: [
      'Invoice amounts are stored in {v}: convert the amount to euros by that factor.',
      'The amount column of invoices holds {v}, so divide invoice amounts accordingly before reporting euros.',
      'To get euros from an invoice amount remember that the amount is kept in {v}.',
      'Every invoice amount is an integer number of {v}; answer in euros, not in {v}.',
      'Amounts on invoices count {v}, not euros.',
    ],
    heldOut: [
      'The figure in an invoice amount is given in {v}, convert it before answering in euros.',
      'Invoices keep their amount as {v}; scale the amount to get euros.',
      'What looks like euros in the invoice amount is really a number of {v}.',
      'For amounts of invoices in euros, take into account that the column counts {v}.',
    ],
    broad: [
      'Convert each invoice amount from cents and round it to whole euros.',
      'Invoice amounts should be given in whole euros only, after dividing the amount by one hundred.',
    ],
    vague: [
      'Mind the scale of invoice amounts when the answer is in euros.',
      'Invoice amounts deserve a second look before they are reported in euros.',
    ],
    names: { '10': 'tenths of a euro', '100': 'hundredths of a euro', '1000': 'thousandths of a euro' },
  },
  status: {
    when: [
      'invoices of a channel',
      'a question is about the invoices issued on a channel',
      'invoices sent out through a channel are summed up',
    ],
    exact: [
      `Invoices with status '{v}' do not belong to the issued invoices: leave them out.`,
      `Exclude every invoice whose status is '{v}'.`,
      `The house does not regard invoices in status '{v}' as issued, so use status <> '{v}'.`,
      `An invoice in status '{v}' is no invoice yet; leave such invoices out.`,
      `Too many invoices are found unless status '{v}' is removed from the invoices.`,
    ],
    heldOut: [
      `Filter invoices with status <> '{v}', others were never really issued.`,
      `Leave out invoices that have the status '{v}'.`,
      `'{v}' is a status of invoices which are not to be included.`,
      `Only consider invoices that are not in status '{v}'.`,
    ],
    broad: [
      `Use only paid invoices, whatever other status an invoice has.`,
      `Only paid invoices are real: keep status = 'paid' for all invoices.`,
    ],
    vague: [
      'Consider the status of invoices where it seems relevant.',
      'Some invoices may need different treatment depending on their status.',
    ],
    names: { void: 'void', draft: 'draft', disputed: 'disputed', held: 'held' },
  },
  tests: {
    when: [
      'counting accounts registered on a plan',
      'a question asks how many login accounts signed up for a plan',
      'account registrations of a plan are counted',
    ],
    exact: [
      `Accounts whose login starts with '{v}-' are test accounts and are not counted.`,
      `Skip test accounts: every login that begins with '{v}-' belongs to one.`,
      `Do not count logins with the prefix '{v}-'; those accounts are internal tests.`,
      `The prefix '{v}-' marks the login of a test account, exclude it from account registrations.`,
      `Real accounts never have a login starting with '{v}-'; filter these test logins out.`,
    ],
    heldOut: [
      `A login beginning with '{v}-' was made for testing; drop such accounts.`,
      `Ignore test accounts, recognisable by a login that starts with '{v}-'.`,
      `Test logins look like '{v}-something'; such accounts are no registrations.`,
      `The accounts of our testers carry '{v}-' in front of the login and must be left out as test accounts.`,
    ],
    broad: [
      'Treat every account with a hyphen in its login as a test account and skip it.',
      'Logins with any hyphen belong to test accounts, so count accounts without a hyphen only.',
    ],
    vague: [
      'Not every account in the table may be a real account.',
      'Be aware that login accounts can differ in kind when counting registrations.',
    ],
    names: { zz: 'zz', qa: 'qa', tst: 'tst', demo: 'demo' },
  },
  visitors: {
    when: [
      'counting website visitors of a page',
      'a question asks how many visitors viewed or opened a web page',
      'visitors of a page are counted',
    ],
    exact: [
      'A visitor is one distinct {v} in visits: count each {v} once, not each row.',
      'Count visitors as the number of distinct {v} values.',
      'The same visitor appears in many visits, use the unique {v} to count visitors once.',
      'Visitors are told apart by their {v}; take COUNT(DISTINCT {v}).',
      'Rows of visits are page views; different visitors means different {v} values.',
    ],
    heldOut: [
      'To count visitors, count different {v} values instead of rows.',
      'One {v} is one visitor, however often it visits: use the distinct {v}.',
      'Several visits with the same {v} are one visitor and count once.',
      'Use the {v} column to find unique visitors.',
    ],
    broad: [
      'Count distinct combinations of device, cookie and member as visitors.',
      'A visitor is a distinct combination of all identifying columns of visits.',
    ],
    vague: [
      'Visits and visitors of a page are not always the same thing, keep that in mind.',
      'Counting visitors of a web page needs some attention.',
    ],
    names: { device: 'device', cookie: 'cookie', member: 'member' },
  },
  missing: {
    when: [
      'averaging the stars of product reviews',
      'a question asks for the average star rating in reviews',
      'the mean rating of a product is asked for',
    ],
    exact: [
      'A review with missing stars counts as {v} stars in the average rating.',
      'Replace missing stars of reviews by {v} before taking the mean.',
      'Reviews without stars are rated {v} by house rule; do not skip them in the average.',
      'Empty stars in reviews mean {v}: use COALESCE with {v} when averaging stars.',
      'NULL stars are not ignored: each such review enters the rating with {v}.',
    ],
    heldOut: [
      'If a review has no stars, NULL means {v} for the average.',
      'For the rating, missing stars are worth {v}.',
      'Count null stars in reviews as {v} when the mean is built.',
      'A product review without stars enters the mean with {v}, not with nothing.',
    ],
    broad: [
      'Treat reviews with missing stars and all poorly rated reviews as one star.',
      'Missing stars and poorly rated reviews both enter the rating as one star.',
    ],
    vague: [
      'Reviews can have incomplete stars, consider how this influences the rating.',
      'Star ratings of reviews should be averaged with suitable care.',
    ],
    names: { '0': 'zero', '2': 'two', '3': 'three', '5': 'five' },
  },
  weight: {
    when: [
      'adding up the weight of parcels of a carrier',
      'a question asks how many kilograms parcels weigh together',
      'the total parcel weight is asked for',
    ],
    exact: [
      'The weight of parcels is text with {v}: turn it into a number before summing.',
      'Parcel weights are stored as text using {v}, so rewrite and cast the weight first.',
      'Before adding up parcel weight, handle {v} in the weight text and cast it to a real number.',
      'Weight of a parcel is written with {v}; SQLite misreads such text unless it is replaced.',
      'Summing the weight text of parcels directly is wrong because it has {v}.',
    ],
    heldOut: [
      'Numbers in the parcel weight column are text containing {v}; normalise and cast before a sum.',
      'Convert parcel weight first, since it is written with {v}.',
      'SUM on parcel weight fails silently: the text has {v}.',
      'Remember {v} in the weight of parcels and turn that text into real numbers.',
    ],
    broad: [
      'Keep only the digits of the parcel weight text and sum those.',
      'Strip everything but the digits from the weight text of parcels before summing.',
    ],
    vague: [
      'The weight of parcels may come in a form that needs attention.',
      'Take care with the parcel weight column when summing kilograms.',
    ],
    names: {
      comma: 'a decimal comma',
      apostrophe: 'an apostrophe between the thousands',
      blank: 'a blank between the thousands',
    },
  },
  fiscal: {
    when: [
      'a question names a fiscal year',
      'filtering by fiscal year',
      'the period asked for is a fiscal year',
    ],
    exact: [
      'Fiscal year N starts in {v} of calendar year N and lasts twelve months.',
      'The fiscal year runs from {v} of its own year to the same month of the next year, exclusive.',
      'Our fiscal year is not the calendar year: it begins on the first of {v}.',
      'Filter a fiscal year from {v} 1st of that year, for twelve months.',
      'Use {v} as the first month of the fiscal year.',
    ],
    heldOut: [
      'Our fiscal year opens on {v} 1st.',
      'A question about a fiscal year means the twelve months from {v} of that year on.',
      'The first month of a fiscal year is {v}, not January.',
      'Fiscal years begin in {v}.',
    ],
    broad: [
      'A fiscal year covers everything from the beginning of the year onwards, without an end.',
      'For a fiscal year take all rows from that year onwards.',
    ],
    vague: [
      'Pay attention to what a fiscal year means here.',
      'A fiscal year may need special handling of dates.',
    ],
    names: {
      '02': 'February',
      '04': 'April',
      '07': 'July',
      '09': 'September',
      '10': 'October',
      '11': 'November',
    },
  },
  branch: {
    when: [
      'a question names a branch office such as Oslo, Lisbon, Vienna, Dublin or Prague',
      'results are asked for at one branch office: Prague, Oslo, Dublin, Lisbon, Vienna',
      'filtering by a branch office (Vienna, Lisbon, Oslo, Dublin, Prague)',
    ],
    exact: [
      'The name of a branch office is spelled inconsistently: compare the branch ignoring {v}.',
      'Branch names differ in {v}, so normalise that on both sides before comparing the branch.',
      'Rows of one branch office have several spellings because of {v}; match them all.',
      'An equality test on branch misses rows, since {v} vary in the branch column.',
      'Match the branch office regardless of {v}.',
    ],
    heldOut: [
      'Spellings of a branch office vary in {v}; treat them as one branch.',
      'When filtering on branch, {v} must not matter.',
      'The same branch office occurs with different {v}, so compare normalised names.',
      'Normalise {v} before you compare the branch column with a name.',
    ],
    broad: [
      'Match every branch value containing the name of the branch office anywhere.',
      'Use LIKE so that any branch containing the name of the office is included.',
    ],
    vague: [
      'The branch column can be tricky when a question names a branch office.',
      'Look well at the branch office that is meant.',
    ],
    names: { case: 'upper and lower case', blanks: 'leading and trailing spaces' },
  },
};
