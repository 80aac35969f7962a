/** Units that a new fingerprint must be seen on before it is another experiment: rolling back a deployment is none. */
export const FINGERPRINT_UNITS_MIN = 50;
/** Agents of one project, and rising fingerprints of one agent, that are kept; the oldest give way. */
const AGENTS_MAX = 1_000;
const RISING_MAX = 20;

interface Rising {
  readonly units: number;
  readonly lastUnit: string;
}

interface AgentState {
  /** What the agent's units count for; also of those that state no fingerprint. */
  current: string;
  readonly settled: Set<string>;
  readonly rising: Map<string, Rising>;
}

/**
 * Decides under which fingerprint (model, prompt, tools) the units of each agent count. A new one takes over after
 * {@link FINGERPRINT_UNITS_MIN} units; until then its units count for the one before. In memory: fingerprints with stored
 * evidence are known at once after a restart, others are seen anew.
 */
export class AgentFingerprints {
  readonly #hasEvidence: (fingerprint: string) => boolean;
  readonly #agents: Map<string, AgentState> = new Map();

  constructor(hasEvidence: (fingerprint: string) => boolean) {
    this.#hasEvidence = hasEvidence;
  }

  /** @param stated what the request says; '' = nothing */
  resolve(agent: string, stated: string, unit: string): string {
    const state = this.#agents.get(agent);
    if (state === undefined) {
      this.#agents.set(agent, { current: stated, settled: new Set([stated]), rising: new Map() });
      dropOldest(this.#agents, AGENTS_MAX);
      return stated;
    }
    if (stated === '' || stated === state.current) return state.current;
    const isSettled = state.settled.has(stated) || this.#hasEvidence(stated) || rise(state, stated, unit);
    if (!isSettled) return state.current;
    state.rising.delete(stated);
    state.settled.add(stated);
    for (const oldest of state.settled) {
      if (state.settled.size <= RISING_MAX) break;
      state.settled.delete(oldest);
    }
    state.current = stated;
    return stated;
  }
}

/** Whether the fingerprint was seen on enough units. */
function rise({ rising }: AgentState, stated: string, unit: string): boolean {
  const seen = rising.get(stated) ?? { units: 0, lastUnit: '' };
  const units = seen.lastUnit === unit ? seen.units : seen.units + 1;
  rising.set(stated, { units, lastUnit: unit });
  dropOldest(rising, RISING_MAX);
  return units >= FINGERPRINT_UNITS_MIN;
}

function dropOldest(map: Map<string, unknown>, sizeMax: number): void {
  if (map.size <= sizeMax) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
