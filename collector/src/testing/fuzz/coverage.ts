import { Session } from 'node:inspector';
import type { Profiler } from 'node:inspector';

const OWN_CODE = '/collector/src/';
const NOT_FUZZED = '/testing/';

/**
 * Which blocks of the collector's code an input ran, from V8's own coverage. It makes code several times slower, so it is
 * on only while inputs are looked for that lead somewhere new.
 */
export class Coverage {
  readonly #session = new Session();
  /** Per function, every set of its blocks that some input ran. */
  readonly #seen = new Set<string>();

  start(): void {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    this.#take();
  }

  stop(): void {
    this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }

  get size(): number {
    return this.#seen.size;
  }

  /** Whether what ran since the last call took a way through a function that none took before. */
  isNew(): boolean {
    const before = this.#seen.size;
    for (const { url, functions } of this.#take()) {
      if (!url.includes(OWN_CODE) || url.includes(NOT_FUZZED)) continue;
      for (const { ranges } of functions)
        this.#seen.add(
          `${url}:${ranges.map(({ startOffset, endOffset, count }) => `${startOffset}-${endOffset}${count > 0 ? '+' : ''}`).join()}`,
        );
    }
    return this.#seen.size > before;
  }

  #take(): readonly Profiler.ScriptCoverage[] {
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    // The callback runs before `post` returns: the session is in this process.
    this.#session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
      scripts = result;
    });
    return scripts;
  }
}
