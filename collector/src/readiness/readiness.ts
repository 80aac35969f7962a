import { Refusal, type RefusalCode } from '../errors.ts';

/** How one part is. `degraded`: it works, with something that a person should know. `failing`: data is not stored because of it. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'degraded' | 'failing';
  /** `''` when it is ok. */
  readonly detail: string;
}

/** What can keep a collector from taking data. */
export interface Obstacle extends Check {
  /** Requests are turned away now. */
  readonly refuses: boolean;
  /** How they are answered then. */
  readonly code: RefusalCode;
  /** When senders should try again, ms. */
  readonly retryAfterMs: number;
}

/** All parts that must work for data to be taken, asked before a body is read. */
export class Readiness {
  readonly #obstacles: readonly (() => Obstacle)[];

  constructor(obstacles: readonly (() => Obstacle)[]) {
    this.#obstacles = obstacles;
  }

  /** @throws Refusal when a part turns requests away */
  admit(): void {
    for (const look of this.#obstacles) {
      const { refuses, code, detail, retryAfterMs } = look();
      if (refuses) throw new Refusal(code, detail, '', retryAfterMs);
    }
  }

  get checks(): Check[] {
    return this.#obstacles.map((look) => {
      const { name, state, detail } = look();
      return { name, state, detail };
    });
  }
}
