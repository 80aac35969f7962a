/** Largest request body, bytes: a few thousand eval cases. Over it: 413. */
export const BODY_BYTES_MAX = 16_777_216;

/**
 * The body as text, or undefined when it is larger than {@link BODY_BYTES_MAX}; what is read beyond that is nothing. With a
 * length the HTTP parser reads no more than that; without one it is counted while it comes, which costs a web stream.
 */
export async function readBody(request: Request): Promise<string | undefined> {
  const length = request.headers.get('content-length');
  if (length !== null) return Number(length) > BODY_BYTES_MAX ? undefined : await request.text();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
