/** Put together here, so that no scanner takes this file for a leak. */
const join = (...parts: string[]): string => parts.join('');

/** A made-up secret of each kind, by the rule that must find it. */
export const SECRETS: readonly (readonly [rule: string, secret: string])[] = [
  ['api_key', join('sk-', 'proj-', 'a1B2'.repeat(8))],
  ['api_key', join('sk-', 'ant-api03-', 'a1B2_'.repeat(8))],
  ['api_key', join('sk_', 'live_', 'a1B2'.repeat(6))],
  ['api_key', join('tl', '_0123abcd_', 'aB1_-'.repeat(8), 'xyz')],
  ['api_key', join('AIza', 'a1B2c'.repeat(7))],
  ['api_key', join('hf', '_', 'aBcDeFgH'.repeat(4))],
  ['api_key', join('gsk', '_', 'aBcD1234'.repeat(5))],
  ['api_key', join('SG', '.', 'aBcD1234'.repeat(2), '.', 'eFgH5678'.repeat(4))],
  ['api_key', join('sk-', 'lf-', '1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901')],
  ['api_key', join('sk-', 'abcdefghijklmnopqrstuvwx')],
  ['api_key', join('xai', '-', 'aBcD1234'.repeat(5))],
  ['api_key', join('lsv2', '_pt_', '0123456789abcdef'.repeat(2), '_0123456789')],
  ['api_key', join('dapi', '0123456789abcdef'.repeat(2))],
  ['api_key', join('npm', '_', 'aBcD1234'.repeat(4))],
  ['access_token', join('hvs', '.', 'aBcD1234'.repeat(3))],
  ['access_token', join('ghp', '_', 'a1B2'.repeat(9))],
  ['access_token', join('github', '_pat_', 'a1B2'.repeat(10))],
  ['access_token', join('glpat', '-', 'a1B2'.repeat(5))],
  ['access_token', join('xoxb', '-1234567890-abcdef')],
  ['aws_key', join('AKIA', 'ABCDEFGHIJKLMNOP')],
  ['jwt', join('eyJ', 'hbGciOiJIUzI1NiJ9', '.eyJ', 'zdWIiOiIxMjM0In0', '.', 'c2lnbmF0dXJl')],
  ['credit_card', join('4111', '1111', '1111', '1111')],
  ['credit_card', join('3782', '822463', '10005')],
  ['credit_card', join('5555 ', '5555 ', '5555 ', '4444')],
];

/** A made-up private key. */
export const PRIVATE_KEY: string = join(
  '-----BEGIN RSA PRIV',
  'ATE KEY-----\nMIIEpAIBAAKC\n-----END RSA PRIV',
  'ATE KEY-----',
);
