import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleRule } from '../injectors/example-rule.testing.ts';
import { assignmentCoin } from '../stats/assignment-coin.ts';
import { coinSalt, tossCoins } from './coins.ts';

describe('coins', () => {
  it('are the assignment coin of salt, rule, epoch and unit', () => {
    const rule = exampleRule('Amounts are in cents.', { version: 3 });
    const salt = coinSalt('secret', 'shop');
    fc.assert(
      fc.property(fc.string(), fc.double({ min: 0, max: 0.99, noNaN: true }), (unit, share) => {
        const [item] = tossCoins([rule], salt, unit, () => ({ epoch: '3.17', withheld: share }));
        const coin = assignmentCoin({ salt, ruleId: rule.id, epoch: '3.17', unit });
        expect(item).toEqual({
          rule: `${rule.id}@3`,
          rank: 1,
          propensity: 1 - share,
          coin,
          injected: coin < 1 - share,
          epoch: '3.17',
        });
      }),
    );
  });

  it('differ between projects and between secrets', () => {
    const salts = [coinSalt('secret', 'shop'), coinSalt('secret', 'bank'), coinSalt('other', 'shop')];
    expect(new Set(salts).size).toBe(3);
  });
});
