import { readFileSync } from 'node:fs';
import { z } from 'zod';

// Beside `src` and beside `dist` alike.
const MANIFEST: URL = new URL('../package.json', import.meta.url);

/** Version of this package. */
export const VERSION: string = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(MANIFEST, 'utf8'))).version;
