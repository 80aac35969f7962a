/** Time as an argument: the present, and a call later. Tests move it by hand. */
export interface Clock {
  now(): Date;
  /** Calls back once after `ms`; the returned function takes it back. Never keeps the process alive. */
  after(ms: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => new Date(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
