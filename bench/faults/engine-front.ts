import { openEngine } from '../../collector/src/store/chdb/engine.ts';
import { startHttpFront } from '../../collector/src/store/testing/http-front.ts';

/** A ClickHouse server as the service sees one: the embedded engine behind the part of the HTTP interface that it uses. */
const [directory = ''] = process.argv.slice(2);
const engine = openEngine(directory);
const front = await startHttpFront(engine);
process.on('message', () => {
  front
    .close()
    .then(() => engine.close(10_000))
    .then(() => process.disconnect())
    .catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
});
process.send?.({ url: front.url });
