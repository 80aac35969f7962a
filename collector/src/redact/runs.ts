/** A part of a text: index of its first character and of the one behind its last. */
export interface Run {
  readonly start: number;
  readonly end: number;
}

/** In order, without overlap. */
export type Runs = readonly Run[];
