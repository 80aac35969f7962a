import { serviceHeaders } from '../api.ts';
import type { Config } from '../config.ts';
import { post } from '../http.ts';

/** What became of one export request. */
export type ExportResult =
  /** Stored, except for `rejected` spans that the collector refused one by one. */
  | { readonly kind: 'delivered'; readonly rejected: number; readonly message: string }
  /** Another attempt may succeed; not before `afterMs`, if the collector said. */
  | { readonly kind: 'retry'; readonly afterMs: number | undefined; readonly message: string }
  /** Too large for the collector: smaller requests may pass. */
  | { readonly kind: 'too_large'; readonly message: string }
  /** No attempt will succeed. */
  | { readonly kind: 'refused'; readonly message: string };

const RETRYABLE: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** Sends one OTLP/HTTP JSON request. Never rejects. */
export async function exportRequest(config: Config, body: string): Promise<ExportResult> {
  try {
    const answer = await post(config.tracesUrl, body, {
      headers: { ...serviceHeaders(config), ...config.otlpHeaders },
      timeoutMs: config.otlpTimeoutMs,
    });
    const message = `${config.tracesUrl} answered ${answer.status} ${answer.body.slice(0, 200)}`;
    if (answer.status >= 200 && answer.status < 300) return delivered(answer.body);
    if (RETRYABLE.has(answer.status)) return { kind: 'retry', afterMs: answer.retryAfterMs, message };
    if (answer.status === 413) return { kind: 'too_large', message };
    return { kind: 'refused', message };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'retry', afterMs: undefined, message: `${config.tracesUrl}: ${message}` };
  }
}

/** A 2xx is success whatever its body; a partial success is read from it when it is there. */
function delivered(body: string): ExportResult {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'partialSuccess' in parsed) {
      const partial = parsed.partialSuccess;
      if (typeof partial === 'object' && partial !== null && 'rejectedSpans' in partial) {
        const message = 'errorMessage' in partial ? String(partial.errorMessage) : '';
        return { kind: 'delivered', rejected: Number(partial.rejectedSpans) || 0, message };
      }
    }
  } catch {
    // Some collectors answer with an empty or a foreign body.
  }
  return { kind: 'delivered', rejected: 0, message: '' };
}
