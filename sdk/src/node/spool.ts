import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import type { Config } from '../config.ts';
import { randomHex } from '../ids.ts';

/** Disk space for spans that wait, bytes, over all processes that share the directory. */
export const SPOOL_BYTES_MAX = 268_435_456;

/** Files claimed by this process, which may have several spools. */
const claimed = new Set<string>();

/** One export request on disk: JSON lines, first `{"spans":n}`, then the request's body. */
export interface SpooledRequest {
  readonly path: string;
  readonly spans: number;
  readonly body: string;
}

/**
 * Requests that could not be delivered, on disk. Every operation is synchronous, so that it also works while the
 * process exits. A file is complete or absent (written aside, then renamed). Processes may share the directory: one
 * claims a file by renaming it; claims of dead processes are taken over. Credentials are never written.
 */
export class Spool {
  readonly #directory: string;
  /** Tells the files of several spools and threads of one process apart. */
  readonly #token: string = randomHex(4);
  #files = 0;

  constructor(config: Config) {
    this.#directory = join(config.spoolDirectory, destinationOf(config));
  }

  /**
   * @returns false when there is no room or the disk refuses: then the caller still has the spans.
   */
  write(body: string, spans: number): boolean {
    const content = `${JSON.stringify({ spans })}\n${body}\n`;
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      if (this.#used() + Buffer.byteLength(content) > SPOOL_BYTES_MAX) return false;
      this.#files += 1;
      const name = `${Date.now()}-${process.pid}-${this.#token}-${this.#files}.jsonl`;
      const aside = join(this.#directory, `${name}.part`);
      writeFileSync(aside, content, { flag: 'wx', mode: 0o600 });
      renameSync(aside, join(this.#directory, name));
      return true;
    } catch {
      return false;
    }
  }

  /** Claims the oldest waiting request; `undefined` when none is left. Unreadable files are removed. */
  take(): SpooledRequest | undefined {
    for (const name of this.#names().sort(byAge)) {
      if (isLeftOver(name)) this.remove(join(this.#directory, name));
      const path = join(this.#directory, `${nameOf(name)}.claim-${process.pid}`);
      if (!isWaiting(name) || claimed.has(path)) continue;
      try {
        renameSync(join(this.#directory, name), path);
      } catch {
        continue; // another process was faster
      }
      const request = readRequest(path);
      if (request !== undefined) {
        claimed.add(path);
        return request;
      }
      this.remove(path);
    }
    return undefined;
  }

  /** Gives a claimed request back for a later attempt. */
  release(request: SpooledRequest): void {
    claimed.delete(request.path);
    try {
      renameSync(request.path, request.path.replace(/\.claim-\d+$/u, ''));
    } catch {
      // Gone: someone cleared the directory.
    }
  }

  remove(path: string): void {
    claimed.delete(path);
    try {
      unlinkSync(path);
    } catch {
      // Gone already.
    }
  }

  #names(): string[] {
    try {
      return readdirSync(this.#directory);
    } catch {
      return [];
    }
  }

  #used(): number {
    let bytes = 0;
    for (const name of this.#names()) {
      try {
        bytes += statSync(join(this.#directory, name)).size;
      } catch {
        // Delivered in the meantime.
      }
    }
    return bytes;
  }
}

/** Requests of one destination never reach another: a spool directory may outlive a change of project or key. */
function destinationOf(config: Config): string {
  return createHash('sha256')
    .update(JSON.stringify([config.tracesUrl, config.project, config.apiKey]))
    .digest('hex')
    .slice(0, 16);
}

/**
 * Complete files that no other process works on. A claim under our own process id may be a former process's (in
 * containers every process has the same id): the caller knows its own.
 */
function isWaiting(name: string): boolean {
  if (name.endsWith('.jsonl')) return true;
  const claim = /\.jsonl\.claim-(\d+)$/u.exec(name);
  return claim !== null && !isOther(Number(claim[1]));
}

/** A file that a dead process did not finish writing. */
function isLeftOver(name: string): boolean {
  const part = /^\d+-(\d+)-[0-9a-f]+-\d+\.jsonl\.part$/u.exec(name);
  return part !== null && !isOther(Number(part[1]));
}

function nameOf(name: string): string {
  return name.replace(/\.claim-\d+$/u, '');
}

/** Names start with the time of writing. */
function byAge(a: string, b: string): number {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1);
}

/** Whether another living process has this id. */
function isOther(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function readRequest(path: string): SpooledRequest | undefined {
  try {
    const [head = '', body = ''] = readFileSync(path, 'utf8').split('\n');
    const parsed: unknown = JSON.parse(head);
    if (typeof parsed !== 'object' || parsed === null || !('spans' in parsed) || body === '')
      return undefined;
    return typeof parsed.spans === 'number' ? { path, spans: parsed.spans, body } : undefined;
  } catch {
    return undefined;
  }
}
