const MARK = Symbol.for('tracelore.sdk.error');

export type TraceloreErrorCode = 'CONFIG_INVALID' | 'OTEL_MISSING';

/**
 * The only error the SDK throws, and only while it is being configured or started: afterwards every fault is counted
 * and the host goes on (see `stats()`).
 */
export class TraceloreError extends Error {
  readonly code: TraceloreErrorCode;
  /** Every problem found, not only the first. */
  readonly problems: readonly string[];

  constructor(code: TraceloreErrorCode, problems: readonly string[], options?: ErrorOptions) {
    super(`${code}: ${problems.join('; ')}`, options);
    Object.defineProperty(this, MARK, { value: true });
    this.name = 'TraceloreError';
    this.code = code;
    this.problems = problems;
  }

  /** Works across duplicate installs of the package, where `instanceof` does not. */
  static isInstance(value: unknown): value is TraceloreError {
    return typeof value === 'object' && value !== null && MARK in value;
  }
}
