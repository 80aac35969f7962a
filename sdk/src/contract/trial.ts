import { isRecord, Problems, type Decoded } from './decode.ts';
import { decodeRecordedCall, type RecordedCall, type ReplayAccount } from './recording.ts';

/** Body of `POST /v1/trials/lease`: a runner asks for work. The service answers within `waitMs`, with no trials if none came. */
export interface TrialLeaseRequest {
  /** Stable for the life of the runner's process. */
  readonly runner: string;
  readonly agent?: string;
  readonly project?: string;
  /** Most trials to hand out. */
  readonly max: number;
  /** Long-poll time, ms; the service caps it at 25 000. */
  readonly waitMs: number;
}

/** One offline run of the agent on an eval case under a rule set that the service knows by the trial's id. */
export interface TrialLease {
  readonly trial: string;
  readonly task: string;
  /** Further input of the eval case, if it has any. */
  readonly input?: unknown;
  /** After this the trial is handed out again; epoch ms of the service's clock. */
  readonly expiresAt: number;
  /** Present: the trial replays a recorded run. Tools are answered from these calls, in their order, and never run. */
  readonly recording?: readonly RecordedCall[];
}

/** Body of `POST /v1/trials/report`. Exactly one of `output` and `error` is present. A report for an expired lease is ignored. */
export interface TrialReport {
  readonly trial: string;
  readonly runner: string;
  readonly output?: string;
  readonly error?: string;
  /** In [0, 1]: the runner's own check. Without it the service scores the output with the eval case's scorer. */
  readonly score?: number;
  readonly traceId?: string;
  readonly durationMs: number;
  /** Of a replay; a runner that knows none leaves it out, and its report says nothing. */
  readonly replay?: ReplayAccount;
}

/** Decodes the answer of `POST /v1/trials/lease`: `{ trials: TrialLease[] }`. */
export function decodeTrialLeases(value: unknown): Decoded<readonly TrialLease[]> {
  const problems = new Problems();
  if (!isRecord(value)) return problems.fail('', 'an object', value);
  const trials = problems.list(value['trials'], 'trials', (item, field): TrialLease => {
    const lease = isRecord(item) ? item : {};
    return {
      trial: problems.string(lease['trial'], `${field}.trial`),
      task: problems.text(lease['task'], `${field}.task`),
      expiresAt: problems.integer(lease['expiresAt'], `${field}.expiresAt`, 0),
      ...(lease['input'] === undefined ? {} : { input: lease['input'] }),
      ...(lease['recording'] === undefined
        ? {}
        : {
            recording: problems.list(lease['recording'], `${field}.recording`, (call, place) =>
              decodeRecordedCall(call, place, problems),
            ),
          }),
    };
  });
  return problems.result(trials);
}
