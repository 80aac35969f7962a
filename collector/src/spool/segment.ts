import { open, readFile, truncate } from 'node:fs/promises';
import { decodeRecord, HEAD_BYTES, recordBytes, type SpoolRecord } from './record.ts';

/** Where a record stands in its file, and what is counted of it. */
export interface SegmentEntry {
  readonly offset: number;
  readonly bytes: number;
  readonly rows: number;
  readonly at: number;
}

/** A file of records, oldest first. */
export interface Segment {
  readonly path: string;
  /** Records that are not stored yet. */
  readonly entries: SegmentEntry[];
  bytes: number;
}

export interface Scan {
  readonly segment: Segment;
  /** What was wrong with the file, for people; empty = nothing. */
  readonly damage: readonly string[];
}

/**
 * Reads a file that another process left. A record that is damaged inside is passed over; where no record begins, the rest is
 * cut off: after a crash that is the record nobody was told of.
 */
export async function scanSegment(path: string): Promise<Scan> {
  const file = await readFile(path);
  const entries: SegmentEntry[] = [];
  const damage: string[] = [];
  let offset = 0;
  while (offset < file.length) {
    const bytes = recordBytes(file.subarray(offset, offset + HEAD_BYTES));
    if (bytes === undefined || offset + bytes > file.length) {
      damage.push(
        `${path}: ${file.length - offset} bytes after byte ${offset} are no whole record and were cut off`,
      );
      await truncate(path, offset);
      break;
    }
    const record = decodeRecord(file.subarray(offset, offset + bytes));
    if (record === undefined)
      damage.push(`${path}: the record of ${bytes} bytes at byte ${offset} is damaged and was passed over`);
    else entries.push({ offset, bytes, rows: record.rows, at: record.at });
    offset += bytes;
  }
  return { segment: { path, entries, bytes: offset }, damage };
}

/** `undefined` when the file no longer holds the record that was written. Rejects when the file cannot be read now. */
export async function readEntry(
  { path }: Segment,
  { offset, bytes }: SegmentEntry,
): Promise<SpoolRecord | undefined> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(bytes);
    const { bytesRead } = await file.read(buffer, 0, bytes, offset);
    return bytesRead === bytes ? decodeRecord(buffer) : undefined;
  } finally {
    await file.close();
  }
}
