import { parseArgs } from 'node:util';
import { runLearning } from './learning.ts';
import { runRetrieval } from './retrieval.ts';
import { runSpeed } from './speed.ts';

/**
 * `npm run bench:serving [-- --seconds 20]`: how soon `get_knowledge` answers over HTTP. `-- --retrieval <folder>`: how well
 * rules are found on the sets of a folder instead. `-- --learning`: how soon while the service learns.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    retrieval: { type: 'string' },
    learning: { type: 'boolean', default: false },
  },
});
console.log(`Node ${process.version}, ${process.platform} ${process.arch}\n`);
if (values.learning) await runLearning(Number(values.seconds));
else if (values.retrieval === undefined) await runSpeed(Number(values.seconds));
else runRetrieval(values.retrieval);
