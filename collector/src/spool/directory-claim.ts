import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { CollectorError } from '../errors.ts';

/**
 * Claims a directory for this process by a socket whose name only one process can hold, and which goes with the process
 * however it ends. Resolves with how to give it up. Where the system has no such names (macOS) nothing is claimed.
 * @throws CollectorError `spool_unusable`: another process has it
 */
export async function claimDirectory(directory: string): Promise<() => void> {
  const name = createHash('sha256').update(realpathSync(directory)).digest('hex');
  const prefix = { linux: '\0tracelore-spool-', win32: String.raw`\\.\pipe\tracelore-spool-` };
  if (process.platform !== 'linux' && process.platform !== 'win32') return () => undefined;
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new CollectorError(
          'spool_unusable',
          `the spool in ${directory} is in use by another process: give every collector a spool of its own`,
          { cause: error },
        ),
      ),
    );
    server.listen(prefix[process.platform === 'linux' ? 'linux' : 'win32'] + name, resolve);
  });
  server.unref();
  return () => void server.close();
}
