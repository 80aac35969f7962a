/** Where the committed dashboards and their provisioning lie, for programs that ship them (file URLs of folders). */
export const GRAFANA_FOLDER: URL = new URL('../grafana/', import.meta.url);
export const PROVISIONING_FOLDER: URL = new URL('../provisioning/', import.meta.url);
