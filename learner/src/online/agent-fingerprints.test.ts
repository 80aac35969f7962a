import { expect, it } from 'vitest';
import { AgentFingerprints, FINGERPRINT_UNITS_MIN } from './agent-fingerprints.ts';

const nothingKnown = (): boolean => false;

it('takes a new fingerprint over after it was seen on enough units', () => {
  const fingerprints = new AgentFingerprints(nothingKnown);
  expect(fingerprints.resolve('sql', 'old', 'u')).toBe('old');
  for (let unit = 1; unit < FINGERPRINT_UNITS_MIN; unit += 1) {
    expect(fingerprints.resolve('sql', 'new', `u${unit}`)).toBe('old');
    // Further answers of one unit are no further units.
    expect(fingerprints.resolve('sql', 'new', `u${unit}`)).toBe('old');
  }
  expect(fingerprints.resolve('sql', 'new', 'last')).toBe('new');
  // Going back to what was settled takes no time, and neither does going forth again.
  expect(fingerprints.resolve('sql', 'old', 'x')).toBe('old');
  expect(fingerprints.resolve('sql', 'new', 'y')).toBe('new');
});

it('counts units that state nothing for the last one of the same agent', () => {
  const fingerprints = new AgentFingerprints(nothingKnown);
  expect(fingerprints.resolve('sql', '', 'u1')).toBe('');
  const other = new AgentFingerprints(nothingKnown);
  other.resolve('sql', 'model', 'u1');
  expect(other.resolve('sql', '', 'u2')).toBe('model');
  expect(other.resolve('mail', '', 'u3')).toBe('');
});

it('knows at once what there is evidence about', () => {
  const fingerprints = new AgentFingerprints((fingerprint) => fingerprint === 'stored');
  fingerprints.resolve('sql', 'other', 'u1');
  expect(fingerprints.resolve('sql', 'stored', 'u2')).toBe('stored');
});
