import { mkdirSync, writeFileSync } from 'node:fs';
import { GRAFANA_FOLDER } from '../index.ts';
import { DASHBOARDS, render } from './dashboards.ts';

// Writes the committed JSON; `npm run dashboards`. A test compares the files with what this would write.
mkdirSync(GRAFANA_FOLDER, { recursive: true });
for (const { file, build } of DASHBOARDS) {
  writeFileSync(new URL(file, GRAFANA_FOLDER), render(build()));
  console.log(`wrote dashboards/grafana/${file}`);
}
