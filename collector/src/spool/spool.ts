import { mkdir, open, readdir, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommitSpool, SpooledCommit } from '../commit/committer.ts';
import { CollectorError } from '../errors.ts';
import { SerialTask } from '../serial-task.ts';
import type { BatchWriter } from '../store/store.ts';
import { claimDirectory } from './directory-claim.ts';
import { encodeRecord, type SpoolRecord } from './record.ts';
import { readEntry, scanSegment, type Segment, type SegmentEntry } from './segment.ts';

/** A file that has grown to this is closed, bytes: space comes back file by file. */
const SEGMENT_BYTES_MAX = 67_108_864;
/** …or this many records, so that a file that is replayed a second time lies within what the engine remembers of tokens. */
const SEGMENT_RECORDS_MAX = 1_000;
/** Records that wait, together: what is known of each takes 100 bytes. */
const RECORDS_MAX = 1_000_000;
const SEGMENT = /^(\d{10})\.(spool|refused)$/;

export interface SpoolOptions {
  readonly directory: string;
  /** Most it may take on disk; what goes beyond is refused. */
  readonly bytesMax: number;
}

export interface SpoolStats {
  readonly records: number;
  readonly rows: number;
  /** On disk now. */
  readonly bytes: number;
  /** Since the oldest waits, ms; 0 when nothing waits. */
  readonly oldestMs: number;
  readonly rowsSpooled: number;
  readonly rowsReplayed: number;
  /** Rows the store would not take, kept in files of their own and tried again at the next start. */
  readonly rowsRefused: number;
}

/**
 * Commits on disk, in the order in which they came, until the store takes them. What is appended survives the process and a
 * loss of power. One process per directory.
 */
export class Spool implements CommitSpool {
  readonly #options: SpoolOptions;
  readonly #pack: BatchWriter['pack'];
  readonly #now: () => number;
  readonly #turns = new SerialTask();
  /** Oldest first; the last one may be open for more. */
  readonly #segments: Segment[] = [];
  #tail: { readonly file: FileHandle; readonly segment: Segment } | undefined;
  #lastNumber = 0;
  #giveUpClaim: (() => void) | undefined;
  #bytes = 0;
  #waiting = { records: 0, rows: 0 };
  #counts = { rowsSpooled: 0, rowsReplayed: 0, rowsRefused: 0 };

  /** @param now epoch ms */
  constructor(options: SpoolOptions, pack: BatchWriter['pack'], now: () => number) {
    this.#options = options;
    this.#pack = pack;
    this.#now = now;
  }

  get stats(): SpoolStats {
    const oldest = this.#segments[0]?.entries[0]?.at;
    return {
      ...this.#waiting,
      bytes: this.#bytes,
      oldestMs: oldest === undefined ? 0 : Math.max(0, this.#now() - oldest),
      ...this.#counts,
    };
  }

  get isEmpty(): boolean {
    return this.#waiting.records === 0;
  }

  /** Why it takes no more, `''` when it does. */
  get problem(): string {
    const { bytesMax, directory } = this.#options;
    if (this.#bytes >= bytesMax)
      return `the spool in ${directory} is full (${this.#bytes} of ${bytesMax} bytes)`;
    return this.#waiting.records >= RECORDS_MAX
      ? `the spool in ${directory} holds ${RECORDS_MAX} records`
      : '';
  }

  /**
   * Takes over the directory with what waits there; resolves with the damage found, for people.
   * @throws CollectorError `spool_unusable`
   */
  async open(): Promise<string[]> {
    const { directory } = this.#options;
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      this.#giveUpClaim = await claimDirectory(directory);
      const names = (await readdir(directory)).filter((name) => SEGMENT.test(name)).sort();
      const damage: string[] = [];
      for (const name of names) {
        const scan = await scanSegment(join(directory, name));
        damage.push(...scan.damage);
        this.#lastNumber = Math.max(this.#lastNumber, Number(SEGMENT.exec(name)?.[1]));
        this.#segments.push(scan.segment);
        this.#bytes += scan.segment.bytes;
        this.#waiting.records += scan.segment.entries.length;
        this.#waiting.rows += scan.segment.entries.reduce((sum, { rows }) => sum + rows, 0);
      }
      await this.#dropDone();
      return damage;
    } catch (error) {
      if (CollectorError.isInstance(error)) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new CollectorError('spool_unusable', `the spool in ${directory} cannot be used: ${why}`, {
        cause: error,
      });
    }
  }

  async append({ requests, runs }: SpooledCommit): Promise<void> {
    const batches = requests.flatMap((request) => request.batches);
    const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
    const at = this.#now();
    // At once: the memory of the batches is used again as soon as a late write of theirs ends.
    const record = encodeRecord(
      { requests: requests.map(({ key, batches: own }) => ({ key, batches: own.length })), runs, rows, at },
      this.#pack(batches),
    );
    await this.#turns.run(async () => {
      if (this.#giveUpClaim === undefined) throw new Error('the spool is not open');
      const { bytesMax, directory } = this.#options;
      if (this.#bytes + record.length > bytesMax || this.#waiting.records >= RECORDS_MAX)
        throw new Error(
          `the spool in ${directory} has no room for ${record.length} bytes more: ${this.#bytes} of ${bytesMax} are used`,
        );
      await this.#write(record, { rows, at });
      this.#counts.rowsSpooled += rows;
    });
  }

  /** The oldest record that waits; `damaged` when the disk no longer holds what was written. */
  async first(): Promise<SpoolRecord | 'damaged' | undefined> {
    return await this.#turns.run(async () => {
      const [segment] = this.#segments;
      const entry = segment?.entries[0];
      if (segment === undefined || entry === undefined) return undefined;
      return (await readEntry(segment, entry)) ?? 'damaged';
    });
  }

  /** The first one is stored. */
  async removeFirst(): Promise<void> {
    await this.#turns.run(async () => {
      this.#counts.rowsReplayed += await this.#shift();
    });
  }

  /** The first one is damaged: there is nothing to be done for it. Resolves with its rows. */
  async dropFirst(): Promise<number> {
    return await this.#turns.run(() => this.#shift());
  }

  /** The first one fails, perhaps for a reason of its own: it waits behind the others. */
  async moveFirstBehind(record: SpoolRecord): Promise<void> {
    const { packed, ...description } = record;
    const bytes = encodeRecord(description, [packed]);
    await this.#turns.run(async () => {
      await this.#write(bytes, description);
      await this.#shift();
    });
  }

  /** Keeps what of the first one can never be stored as it is for the next start, and goes on with the others. Resolves with its file. */
  async setFirstAside(record: SpoolRecord): Promise<string> {
    const { packed, ...description } = record;
    const bytes = encodeRecord(description, [packed]);
    return await this.#turns.run(async () => {
      const file = await this.#create('refused');
      try {
        await file.handle.appendFile(bytes);
        await file.handle.datasync();
      } finally {
        await file.handle.close();
      }
      this.#bytes += bytes.length;
      this.#counts.rowsRefused += description.rows;
      await this.#shift();
      return file.path;
    });
  }

  async close(): Promise<void> {
    await this.#turns.run(async () => {
      await this.#tail?.file.close();
      this.#tail = undefined;
      this.#giveUpClaim?.();
      this.#giveUpClaim = undefined;
    });
  }

  async #write(record: Buffer, { rows, at }: Pick<SegmentEntry, 'rows' | 'at'>): Promise<void> {
    const { file, segment } = await this.#tailWithRoom();
    const offset = segment.bytes;
    try {
      await file.appendFile(record);
      await file.datasync();
    } catch (error) {
      await this.#abandonTail(offset);
      throw error;
    }
    segment.bytes += record.length;
    segment.entries.push({ offset, bytes: record.length, rows, at });
    this.#bytes += record.length;
    this.#waiting.records += 1;
    this.#waiting.rows += rows;
  }

  async #tailWithRoom(): Promise<{ readonly file: FileHandle; readonly segment: Segment }> {
    const tail = this.#tail;
    if (tail !== undefined) {
      const { bytes, entries } = tail.segment;
      if (bytes < SEGMENT_BYTES_MAX && entries.length < SEGMENT_RECORDS_MAX) return tail;
      this.#tail = undefined;
      await tail.file.close();
    }
    const { handle, path } = await this.#create('spool');
    const segment: Segment = { path, entries: [], bytes: 0 };
    this.#segments.push(segment);
    return (this.#tail = { file: handle, segment });
  }

  async #create(kind: 'spool' | 'refused'): Promise<{ readonly handle: FileHandle; readonly path: string }> {
    const { directory } = this.#options;
    this.#lastNumber += 1;
    const path = join(directory, `${String(this.#lastNumber).padStart(10, '0')}.${kind}`);
    const handle = await open(path, 'wx', 0o600);
    await syncDirectory(directory);
    return { handle, path };
  }

  /** The disk is full, for one: what was written of the record goes, and the next one gets a new file. */
  async #abandonTail(bytes: number): Promise<void> {
    const tail = this.#tail;
    this.#tail = undefined;
    await tail?.file.truncate(bytes).catch(() => undefined);
    await tail?.file.close().catch(() => undefined);
    await this.#dropDone();
  }

  async #shift(): Promise<number> {
    const entry = this.#segments[0]?.entries.shift();
    if (entry === undefined) return 0;
    this.#waiting.records -= 1;
    this.#waiting.rows -= entry.rows;
    await this.#dropDone();
    return entry.rows;
  }

  /** Deletes files of which everything is stored. */
  async #dropDone(): Promise<void> {
    for (
      let [first] = this.#segments;
      first !== undefined && first.entries.length === 0;
      [first] = this.#segments
    ) {
      this.#segments.shift();
      this.#bytes -= first.bytes;
      if (this.#tail?.segment === first) {
        await this.#tail.file.close();
        this.#tail = undefined;
      }
      await unlink(first.path);
    }
  }
}

/** The name of a new file is safe only with its directory. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
