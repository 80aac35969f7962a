import type { Project } from './keeper.ts';

/** When a rule left: requests, and those of them that it was about, since it did harm; `null` = it stayed. */
export type Leaving = { readonly requests: number; readonly units: number } | null;

/** Looks on a rule of which the truth is known: since when it does harm, and when it is out of service. */
export class Watched {
  readonly id: string;
  readonly #harmsSince: number;
  #units = 0;
  #leftAt: number | null = null;

  /** @param harmsSince request from which on it does harm; `Infinity` = never */
  constructor(id: string, harmsSince: number) {
    this.id = id;
    this.#harmsSince = harmsSince;
  }

  /** A request, and the rules that its answer is about. */
  count(request: number, about: readonly string[]): void {
    if (this.#leftAt === null && request >= this.#harmsSince && about.includes(this.id)) this.#units += 1;
  }

  see(request: number, project: Project): void {
    if (this.#leftAt === null && !project.inForce(this.id)) this.#leftAt = request;
  }

  get leaving(): Leaving {
    if (this.#leftAt === null || this.#leftAt < this.#harmsSince) return null;
    return { requests: this.#leftAt - this.#harmsSince, units: this.#units };
  }

  /** It left although it did no harm. */
  get isLost(): boolean {
    return this.#leftAt !== null && this.#leftAt < this.#harmsSince;
  }
}
