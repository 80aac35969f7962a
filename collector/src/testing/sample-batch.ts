import { normalizeSpans } from '../normalize/normalize-span.ts';
import { decodeJsonTraces } from '../decode/json-request.ts';
import type { Batch } from '../records.ts';
import { spanRequest } from './post.ts';

/** A batch with one span of its own, in project `test`. */
export function sampleBatch(): Batch {
  const decoded = decodeJsonTraces(Buffer.from(JSON.stringify(spanRequest())));
  return { logs: [], ...normalizeSpans(decoded.items, () => 'test', Date.now()) };
}
