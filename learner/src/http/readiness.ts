import { json, problem } from './problem.ts';

/** How one part of the service is. `degraded`: it works, with something a person should know. `failing`: it does not. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'degraded' | 'failing';
  /** `''` when it is ok. */
  readonly detail: string;
}

export interface ReadinessParts {
  readonly isEnding: () => boolean;
  /** Asks the database for something small; rejects with the reason when it does not answer. */
  readonly probe: (signal: AbortSignal) => Promise<unknown>;
  /** Of the parts beside the API, for example the collector. */
  readonly checks: () => readonly Check[];
}

/** The database has this long to answer, ms. */
const PROBE_TIMEOUT_MS = 2_000;
/** An answer holds for this long, ms, so that asking often costs nothing. */
const PROBE_FRESH_MS = 1_000;

/** Looks at every part, failing ones first. */
export function createReadiness(
  { isEnding, probe, checks }: ReadinessParts,
  now: () => number = () => performance.now(),
): () => Promise<Check[]> {
  let asked = { at: Number.NEGATIVE_INFINITY, answer: Promise.resolve('') };
  const database = (): Promise<string> => {
    if (now() - asked.at >= PROBE_FRESH_MS) asked = { at: now(), answer: problemOf(probe) };
    return asked.answer;
  };
  return async () => {
    const all: Check[] = [
      checkOf('service', isEnding() ? 'the service is shutting down' : ''),
      checkOf('database', await database()),
      ...checks(),
    ];
    const order = { failing: 0, degraded: 1, ok: 2 } as const;
    return all.toSorted((one, other) => order[one.state] - order[other.state]);
  };
}

/** Also the parts that are well are named: what is not listed was not looked at. */
export function readinessAnswer(checks: readonly Check[]): Response {
  const failing = checks.filter(({ state }) => state === 'failing');
  if (failing.length === 0) return json({ ready: true, checks });
  return problem({
    status: 503,
    code: 'not_ready',
    detail: failing.map(({ name, detail }) => (detail === '' ? name : `${name}: ${detail}`)).join('; '),
    headers: { 'retry-after': '1' },
    extensions: { ready: false, checks },
  });
}

/** For those who may not know more. */
export function withoutDetail(check: Check): Check {
  return { ...check, detail: '' };
}

function checkOf(name: string, detail: string): Check {
  return { name, state: detail === '' ? 'ok' : 'failing', detail };
}

/** `''` when the database answers in time, also when its driver does not give up by itself. */
async function problemOf(probe: ReadinessParts['probe']): Promise<string> {
  const timeout = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  const late = new Promise<string>((resolve) => {
    timeout.addEventListener('abort', () =>
      resolve(`the database did not answer within ${PROBE_TIMEOUT_MS} ms`),
    );
  });
  const answer = probe(timeout).then(
    () => '',
    (error: unknown) =>
      timeout.aborted
        ? late
        : `the database does not answer: ${error instanceof Error ? error.message : String(error)}`,
  );
  return await Promise.race([answer, late]);
}
