import { captureJson, type SpanHandle } from '@tracelore/sdk';
import { ATTR, ATTRIBUTE_BYTES_MAX } from '@tracelore/sdk/contract';

/** What has come of a streamed answer so far: shown when its end never comes. */
export class PartialAnswer {
  readonly #startedAt: number = performance.now();
  #started = false;
  #text = '';

  /** One more piece; the first one's time is recorded. */
  add(span: SpanHandle, text: string): void {
    if (!this.#started) {
      this.#started = true;
      span.setAttributes({ [ATTR.timeToFirstChunk]: (performance.now() - this.#startedAt) / 1000 });
    }
    if (span.captures && this.#text.length < ATTRIBUTE_BYTES_MAX) this.#text += text;
  }

  /** Writes what is there, and the finish reason the conventions ask for when none came. */
  writeTo(span: SpanHandle): void {
    span.setAttributes({ [ATTR.finishReasons]: ['error'] });
    if (this.#text === '' || !span.captures) return;
    const parts = [{ type: 'text', content: this.#text }];
    span.setAttributes({ [ATTR.outputMessages]: captureJson([{ role: 'assistant', parts }]) });
  }
}
