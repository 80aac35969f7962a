/** Characters looked at together: few texts are longer. */
export const PIECE_CHARACTERS = 262_144;

/** The piece that was loaded last. Bytes are read three times as fast as the characters of a string. */
export const piece: Uint8Array = Buffer.allocUnsafeSlow(PIECE_CHARACTERS);
const bytes = Buffer.from(piece.buffer);

let loaded: string | undefined;
let loadedLength = 0;

/**
 * Loads the characters of a text from `offset` on into {@link piece}, of wide ones the low byte; returns how many. Searches
 * through one text follow each other: a text that is there already stays.
 */
export function loadPiece(text: string, offset: number): number {
  if (offset === 0 && text === loaded) return loadedLength;
  loadedLength = bytes.write(offset === 0 ? text : text.slice(offset, offset + PIECE_CHARACTERS), 'latin1');
  loaded = offset === 0 && text.length <= PIECE_CHARACTERS ? text : undefined;
  return loadedLength;
}
