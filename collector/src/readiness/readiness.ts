import { Refusal, type RefusalCode } from '../errors.ts';

/** How one part is. `degraded`: it works, with something that a person should know. `failing`: no data is taken because of it. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'degraded' | 'failing';
  /** `''` when it is ok. */
  readonly detail: string;
}

/** What can keep a collector from taking data. */
export interface Obstacle extends Omit<Check, 'state'> {
  readonly state: Check['state'];
  /** How requests are answered while it is `failing`. */
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

  /** @throws Refusal when a part is failing */
  admit(): void {
    for (const look of this.#obstacles) {
      const { state, code, detail, retryAfterMs } = look();
      if (state === 'failing') throw new Refusal(code, detail, '', retryAfterMs);
    }
  }

  get checks(): Check[] {
    return this.#obstacles.map((look) => {
      const { name, state, detail } = look();
      return { name, state, detail };
    });
  }
}
