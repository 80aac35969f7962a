import type { FakeService } from '@tracelore/sdk/testing';

/** Text of the one rule that {@link serveRule} serves. */
export const RULE_TEXT = 'tracelore advice\n[rule0001] when asked about weather: name the city in the answer';

/** Lets a service answer every question with one rule; the decision names the unit that asked. */
export function serveRule(service: FakeService): void {
  service.serveKnowledge((request) => ({
    text: RULE_TEXT,
    items: [
      {
        id: 'rule0001',
        version: 2,
        kind: 'skill',
        content: 'name the city in the answer',
        appliesWhen: 'asked about weather',
        pinned: false,
      },
    ],
    decision: `decision-${String(request['unit'])}`,
    snapshot: 7,
    arm: 'served',
  }));
}
