import { registerRunner, withBackend, type Backend, type Runner } from '@tracelore/sdk';
import type { TrialBroker } from '../trials/trial-broker.ts';
import type { AgentRunner } from './engine-options.ts';

/** The engine's own check of an answer; `undefined` = the case's scorer decides. */
export type AnswerCheck = (
  output: string,
  task: string,
  input: unknown,
) => number | undefined | Promise<number | undefined>;

export interface AgentSeatOptions {
  readonly backend: Backend;
  readonly project: string;
  readonly broker: Pick<TrialBroker, 'rulesOf'>;
  readonly check: AnswerCheck;
  readonly concurrency: number | undefined;
}

/** Holds the agent that runs trials: one at a time, so that nobody's trials are run by another's agent. */
export class AgentSeat {
  readonly #options: AgentSeatOptions;
  #standing: AgentRunner | undefined;
  #runner: Runner | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: AgentSeatOptions) {
    this.#options = options;
  }

  get isTaken(): boolean {
    return this.#standing !== undefined;
  }

  /** The agent that has the seat while nobody else does. */
  async seat(agent: AgentRunner): Promise<void> {
    await this.#inTurn(async () => {
      await this.#runner?.stop();
      this.#standing = agent;
      this.#runner = this.#begin(agent, this.#options.check);
    });
  }

  /** Another agent has the seat while `work` runs. */
  during<T>(agent: AgentRunner, check: AnswerCheck, work: () => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      await this.#runner?.stop();
      const guest = this.#begin(agent, check);
      try {
        return await work();
      } finally {
        await guest.stop();
        this.#runner = this.#standing && this.#begin(this.#standing, this.#options.check);
      }
    });
  }

  /** Takes no more trials; resolves when those under way have ended. */
  async leave(): Promise<void> {
    await this.#inTurn(async () => {
      this.#standing = undefined;
      await this.#runner?.stop();
      this.#runner = undefined;
    });
  }

  #begin(agent: AgentRunner, check: AnswerCheck): Runner {
    const { backend, broker, project, concurrency } = this.#options;
    return withBackend(backend, () =>
      registerRunner(
        (task, { trial }) => {
          // To be told the rules counts as having asked for them: only whoever takes them is told.
          const rules = agent.length < 2 ? [] : (broker.rulesOf(project, trial) ?? []);
          return agent(
            task,
            rules.map((reference) => reference.split('@')[0] ?? ''),
          );
        },
        { score: check, ...(concurrency === undefined ? {} : { concurrency }) },
      ),
    );
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.catch(() => undefined).then(work);
    this.#turn = turn;
    return turn;
  }
}
