/** Source of a cost that the sender states, in `cost_source`; else the price list with its version stands there. */
export const REPORTED = 'reported';
