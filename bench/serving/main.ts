import { parseArgs } from 'node:util';
import { runSpeed } from './speed.ts';

/** `npm run bench:serving [-- --seconds 20]`: how soon `get_knowledge` answers over HTTP. */
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } });
console.log(`Node ${process.version}, ${process.platform} ${process.arch}\n`);
await runSpeed(Number(values.seconds));
