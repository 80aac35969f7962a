import { statfs } from 'node:fs/promises';

/** How often free space is looked at, ms: one call of the system each. In this time ingest at full speed writes some 100 MB. */
const LOOK_INTERVAL_MS = 2_000;

export interface DiskGuardOptions {
  /** Directories that must keep room. */
  readonly directories: readonly string[];
  /** Free space below which nothing is taken any more, bytes. */
  readonly reserveBytes: number;
}

/** Watches free space, so that data is refused while there is still room for merges, reads and a clean end. */
export class DiskGuard {
  readonly #options: DiskGuardOptions;
  readonly #freeBytesOf: (directory: string) => Promise<number>;
  #timer: NodeJS.Timeout | undefined;
  #problem = '';

  constructor(options: DiskGuardOptions, freeBytesOf: typeof freeBytes = freeBytes) {
    this.#options = options;
    this.#freeBytesOf = freeBytesOf;
  }

  /** Why there is too little room, `''` when there is enough. */
  get problem(): string {
    return this.#problem;
  }

  async start(): Promise<void> {
    await this.look();
    this.#timer ??= setInterval(() => void this.look(), LOOK_INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Never rejects: a disk that cannot be asked is no reason to refuse data. */
  async look(): Promise<void> {
    const { directories, reserveBytes } = this.#options;
    const problems = await Promise.all(
      directories.map(async (directory) => {
        const free = await this.#freeBytesOf(directory).catch(() => Number.POSITIVE_INFINITY);
        return free >= reserveBytes
          ? ''
          : `the disk of ${directory} has ${free} bytes left, and ${reserveBytes} are kept free: make room`;
      }),
    );
    this.#problem = problems.find((problem) => problem !== '') ?? '';
  }
}

/** What an ordinary user may still write. */
async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
