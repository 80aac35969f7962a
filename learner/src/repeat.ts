/** Work that repeats until it is stopped. */
export interface Repeated {
  /** Resolves when what runs has ended. */
  stop(): Promise<void>;
}

/**
 * Runs the work, waits, runs it again; never twice at once. A failure is reported when it is another one than the last
 * time, and the work goes on. Never keeps the process alive.
 */
export function repeat(
  work: (signal: AbortSignal) => Promise<void>,
  pauseMs: number,
  report: (text: string) => void,
): Repeated {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let reported = '';

  const once = async (): Promise<void> => {
    try {
      await work(stopping.signal);
      reported = '';
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (text !== reported) report(text);
      reported = text;
    }
    if (!stopping.signal.aborted) schedule();
  };
  let running: Promise<void> = Promise.resolve();
  const schedule = (): void => {
    timer = setTimeout(() => {
      running = once();
    }, pauseMs).unref();
  };
  schedule();

  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
