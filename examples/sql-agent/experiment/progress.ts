import type { Pass, PassProgress } from './learner-api.ts';

/** Tells a waiting person what is going on. */
export interface Progress {
  /** Something longer begins. */
  step(text: string): void;
  /** It ended, with this result. */
  done(text: string): void;
  learning(state: PassProgress): void;
  learned(pass: Pass): void;
}

/** Trials between two lines about a running validation. */
const TRIALS_PER_LINE = 200;

/** One line per event, with seconds since the start, on standard error: standard output is for the result. */
export function createProgress(write: (line: string) => void): Progress {
  const startedAt = performance.now();
  const line = (text: string): void => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
    write(`${seconds} s  ${text}\n`);
  };
  let phase = '';
  let nextTrials = TRIALS_PER_LINE;
  return {
    step: line,
    done: (text) => line(`  ${text}`),
    learning(state) {
      if (state.phase !== phase) {
        phase = state.phase;
        nextTrials = TRIALS_PER_LINE;
        line(`  learning: ${phase}`);
      }
      if (state.trials >= nextTrials) {
        nextTrials = state.trials + TRIALS_PER_LINE;
        line(`  learning: ${state.trials} of at most ${state.trialsMax} trials, ${state.promoted} promoted`);
      }
    },
    learned(pass) {
      phase = '';
      line(
        `  ${pass.runsAnalysed} failed runs analysed in ${pass.analyzerCalls} calls: ${pass.proposed} lessons, ` +
          `${pass.candidates} candidates, ${pass.promoted.length} promoted, ${pass.rejected.length} rejected, ${pass.trials} trials`,
      );
      for (const note of pass.notes) line(`  note: ${note}`);
    },
  };
}
