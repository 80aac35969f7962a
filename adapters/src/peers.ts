/** A framework that an adapter is tested with. */
export interface Peer {
  /** npm name of the package whose version decides. */
  readonly name: string;
  /** First version that works. */
  readonly min: string;
  /** First version that is not known to work. */
  readonly below: string;
}

/**
 * Tested ranges. Outside them nothing of a framework is patched: internals move between versions, and a wrong patch
 * would be worse than no trace. The same ranges stand as peer dependencies in `package.json` (a test compares them).
 */
export const PEERS: Readonly<Record<'langchainCore' | 'langchain', Peer>> = {
  langchainCore: { name: '@langchain/core', min: '1.2.0', below: '2.0.0' },
  langchain: { name: 'langchain', min: '1.5.0', below: '2.0.0' },
};

/** The range in npm's words, for example `>=1.2.0 <2`. */
export function rangeOf(peer: Peer): string {
  return `>=${peer.min} <${peer.below.replace(/(?:\.0)+$/u, '')}`;
}

/** Whether a version is in a peer's range. Pre-releases count as the version they lead to; nonsense is outside. */
export function supports(peer: Peer, version: string): boolean {
  const found = numbersOf(version);
  if (found === undefined) return false;
  const min = numbersOf(peer.min) ?? [];
  const below = numbersOf(peer.below) ?? [];
  return compare(found, min) >= 0 && compare(found, below) < 0;
}

function numbersOf(version: string): readonly number[] | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)/u.exec(version);
  return match === null ? undefined : match.slice(1).map(Number);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < 3; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
