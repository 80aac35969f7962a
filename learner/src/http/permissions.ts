import type { Scope } from '@tracelore/collector/store';

/** What an operation needs, and whether it is written down. */
export interface Permission {
  readonly scope: Scope;
  /** It is about all projects: not for a key of one. */
  readonly service?: true;
  /** Name in the audit log; absent = it is not written down. */
  readonly audit?: string;
}

/** Which scope allows what. The `admin` scope allows everything. */
export const PERMISSIONS: Readonly<Record<string, Permission>> = {
  'POST /v1/knowledge/get': { scope: 'ingest' },
  'POST /v1/knowledge/recall': { scope: 'ingest' },
  'POST /mcp': { scope: 'ingest' },
  'POST /v1/outcomes': { scope: 'ingest' },
  'POST /v1/trials/lease': { scope: 'ingest' },
  'POST /v1/trials/report': { scope: 'ingest' },

  'GET /v1/status': { scope: 'read' },
  'GET /v1/traces': { scope: 'read' },
  'GET /v1/traces/{run}': { scope: 'read' },
  'GET /v1/traces/{run}/spans/{span}': { scope: 'read' },
  'GET /v1/knowledge': { scope: 'read' },
  'GET /v1/knowledge/export': { scope: 'read' },
  'GET /v1/knowledge/{id}': { scope: 'read' },
  'GET /v1/knowledge/{id}/history': { scope: 'read' },
  'GET /v1/quarantine': { scope: 'read' },
  'GET /v1/snapshots': { scope: 'read' },
  'GET /v1/snapshots/{at}': { scope: 'read' },
  'GET /v1/snapshots/{at}/diff': { scope: 'read' },
  'GET /v1/reports/audit': { scope: 'read' },
  'GET /v1/reports/lift': { scope: 'read' },
  'GET /v1/reports/cost': { scope: 'read' },
  'GET /v1/reports/predictions': { scope: 'read' },
  'GET /v1/judge': { scope: 'read' },
  'GET /v1/traces/{run}/blame': { scope: 'read' },
  'GET /v1/decisions/{id}': { scope: 'read' },
  'GET /v1/verdicts': { scope: 'read' },
  'GET /v1/verdicts/{id}': { scope: 'read' },
  'GET /v1/verdicts/{id}/recomputed': { scope: 'read' },
  'GET /v1/learn': { scope: 'read' },
  'GET /v1/learn/{id}': { scope: 'read' },
  'GET /v1/evals/cases': { scope: 'read' },
  'GET /v1/evals/runs': { scope: 'read' },
  'GET /v1/evals/runs/{id}': { scope: 'read' },
  'GET /v1/evals/compare': { scope: 'read' },

  'POST /v1/knowledge': { scope: 'write', audit: 'knowledge.add' },
  'POST /v1/knowledge/import': { scope: 'write', audit: 'knowledge.import' },
  'POST /v1/knowledge/{id}/approve': { scope: 'write', audit: 'knowledge.approve' },
  'POST /v1/knowledge/{id}/reject': { scope: 'write', audit: 'knowledge.reject' },
  'POST /v1/knowledge/{id}/deprecate': { scope: 'write', audit: 'knowledge.deprecate' },
  'POST /v1/knowledge/{id}/pin': { scope: 'write', audit: 'knowledge.pin' },
  'POST /v1/knowledge/{id}/unpin': { scope: 'write', audit: 'knowledge.unpin' },
  'POST /v1/knowledge/{id}/edit': { scope: 'write', audit: 'knowledge.edit' },
  'POST /v1/knowledge/{id}/quarantine': { scope: 'write', audit: 'knowledge.quarantine' },
  'POST /v1/knowledge/{id}/release': { scope: 'write', audit: 'knowledge.release' },
  'POST /v1/knowledge/{id}/expiry': { scope: 'write', audit: 'knowledge.expiry' },
  'POST /v1/snapshots': { scope: 'write', audit: 'snapshot.create' },
  'POST /v1/snapshots/{at}/restore': { scope: 'write', audit: 'snapshot.restore' },
  'POST /v1/traces/{run}/blame': { scope: 'write' },
  'POST /v1/learn': { scope: 'write' },
  'POST /v1/evals/cases': { scope: 'write' },
  'POST /v1/evals/cases/from-trace': { scope: 'write' },
  'POST /v1/evals/cases/promote': { scope: 'write' },
  'POST /v1/evals/cases/synthetic': { scope: 'write' },
  'POST /v1/evals/cases/from-failures': { scope: 'write' },
  'POST /v1/evals/runs': { scope: 'write' },

  'POST /v1/purges': { scope: 'admin', audit: 'knowledge.purge' },
  'POST /v1/erasures': { scope: 'admin', audit: 'erasure' },
  'GET /v1/audit': { scope: 'admin' },
  'GET /v1/projects': { scope: 'admin' },
  'GET /v1/webhooks': { scope: 'admin', service: true },
  'GET /v1/store': { scope: 'admin', service: true },
  'GET /v1/store/work': { scope: 'admin', service: true },
  'POST /v1/store/backups': { scope: 'admin', service: true, audit: 'store.backup' },
  'POST /v1/store/optimize': { scope: 'admin', service: true, audit: 'store.optimize' },
  'GET /v1/store/export': { scope: 'admin', audit: 'store.export' },
  'POST /v1/store/import': { scope: 'admin', audit: 'store.import' },
  'GET /v1/keys': { scope: 'admin' },
  'POST /v1/keys': { scope: 'admin', audit: 'key.create' },
  'POST /v1/keys/{id}/rotate': { scope: 'admin', audit: 'key.rotate' },
  'POST /v1/keys/{id}/revoke': { scope: 'admin', audit: 'key.revoke' },
};

/** What nobody listed is for admins, and written down. */
export function permissionOf(method: string, path: string): Permission {
  return PERMISSIONS[`${method} ${path}`] ?? { scope: 'admin', audit: `${method} ${path}` };
}
