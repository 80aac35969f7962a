import { ATTR } from './contract/attributes.ts';
import { guarded } from './diagnostics.ts';
import type { SpanHandle } from './span.ts';
import { StreamOutput } from './stream-output.ts';

export interface ResultExtractors {
  /** What of a plain result is recorded. */
  readonly output?: ((result: unknown) => unknown) | undefined;
  /** What of one item of a stream is recorded. */
  readonly chunk?: ((item: unknown) => unknown) | undefined;
}

/** Turns how a traced call ends into its span: exactly one of `value`, `close` and `fail` takes effect. */
export class ResultRecorder {
  readonly #span: SpanHandle;
  readonly #extract: ResultExtractors;
  readonly #startedAt: number = performance.now();
  #stream: StreamOutput | undefined;
  #ended = false;

  constructor(span: SpanHandle, extract: ResultExtractors) {
    this.#span = span;
    this.#extract = extract;
  }

  run<T>(fn: () => T): T {
    return this.#span.run(fn);
  }

  /** The call ended with a plain value. */
  value(result: unknown): void {
    if (this.#ended) return;
    if (this.#span.captures) {
      guarded('output_extractor', undefined, () => {
        this.#span.setOutput(this.#extract.output === undefined ? result : this.#extract.output(result));
      });
    }
    this.#end();
  }

  /** One more item of a stream. */
  chunk(item: unknown): void {
    if (this.#ended) return;
    if (this.#stream === undefined) {
      this.#stream = new StreamOutput();
      const seconds = (performance.now() - this.#startedAt) / 1000;
      this.#span.setAttributes({ [ATTR.timeToFirstChunk]: seconds });
    }
    const stream = this.#stream;
    if (!this.#span.captures) return;
    guarded('chunk_extractor', undefined, () => {
      stream.add(this.#extract.chunk === undefined ? item : this.#extract.chunk(item));
    });
  }

  /** A stream ended; `abandoned`: its consumer stopped before. `last` is a generator's return value. */
  close(reason?: 'abandoned', last?: unknown): void {
    if (this.#ended) return;
    this.#span.setOutput(this.#stream?.value() ?? last);
    this.#end(reason);
  }

  fail(error: unknown): void {
    if (this.#ended) return;
    this.#span.setOutput(this.#stream?.value());
    this.#span.recordError(error);
    this.#end();
  }

  #end(reason?: 'abandoned'): void {
    this.#ended = true;
    this.#span.end(reason);
  }
}
