/**
 * Two lists, measured on five public sets: items are indexed with the short one, queries drop the long one and fall back
 * to the short one when little is left. Negations stand in both: right for ranking, wrong for telling duplicates from
 * contradictions, which needs its own normalisation.
 */
export const SHORT_STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a an and are as at be but by for if in into is it no not of on or such that the their then there these they this ' +
    'to was will with'
  ).split(' '),
);

export const LONG_STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a able about across after all almost also am among an and any are as at be because been but by can cannot could ' +
    'dear did do does either else ever every for from get got had has have he her hers him his how however i if in ' +
    'into is it its just least let like likely may me might most must my neither no nor not of off often on only or ' +
    'other our own rather said say says she should since so some than that the their them then there these they this ' +
    'tis to too twas us wants was we were what when where which while who whom why will with would yet you your ' +
    'please need want help'
  ).split(' '),
);
