/** Head of a block in newer revisions: field 1, no overflow; field 2, bucket -1; end. */
const BLOCK_INFO = [1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0];
const PLAIN_SERIALISATION = 0;

/**
 * Answer to `SELECT displayName(), version(), revision(), timezone()` as a block of revision 54460. It reports
 * revision 0, so that the client reads every later block as the embedded engine writes them.
 */
export function nativeHello(version: string): Buffer {
  const revision = Buffer.alloc(4);
  return Buffer.concat([
    Buffer.from([...BLOCK_INFO, 4, 1]),
    column('displayName()', 'String', text('tracelore-bench')),
    column('version()', 'String', text(version)),
    column('revision()', 'UInt32', revision),
    column('timezone()', 'String', text('UTC')),
  ]);
}

function column(name: string, type: string, value: Buffer): Buffer {
  return Buffer.concat([text(name), text(type), Buffer.from([PLAIN_SERIALISATION]), value]);
}

/** Texts here are shorter than 128 bytes: their length takes one. */
function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
}
