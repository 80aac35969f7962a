import { CollectorError } from '../errors.ts';

/** Why an address cannot be listened on, and what to do about it. */
export function bindError(error: Error, host: string, port: number): CollectorError {
  const isTaken = ('code' in error && error.code === 'EADDRINUSE') || error.message.includes('EADDRINUSE');
  if (isTaken)
    return new CollectorError(
      'address_in_use',
      `${host}:${port} is in use: stop the other program (another collector?) or choose another port`,
      { cause: error },
    );
  return new CollectorError('address_refused', `cannot listen on ${host}:${port}: ${error.message}`, {
    cause: error,
  });
}
