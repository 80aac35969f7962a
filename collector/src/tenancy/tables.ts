import type { Table } from '../store/encode-rows.ts';

/** Columns as in `store/schema/005_tenancy.sql`; a test compares them with the migrated database. */
export const PROJECTS: Table = {
  name: 'projects',
  columns: {
    project: 'LowCardinality(String)',
    created_at: "DateTime64(3, 'UTC')",
    created_by: 'String',
  },
};

export const API_KEYS: Table = {
  name: 'api_keys',
  columns: {
    project: 'LowCardinality(String)',
    key_id: 'String',
    digest: 'String',
    name: 'String',
    scopes: 'Array(LowCardinality(String))',
    created_at: "DateTime64(3, 'UTC')",
    created_by: 'String',
    expires_at: "Nullable(DateTime64(3, 'UTC'))",
  },
};

export const API_KEY_ENDS: Table = {
  name: 'api_key_ends',
  columns: {
    project: 'LowCardinality(String)',
    key_id: 'String',
    ends_at: "DateTime64(3, 'UTC')",
    cause: 'LowCardinality(String)',
    ended_by: 'String',
    at: "DateTime64(3, 'UTC')",
  },
};

export const API_KEY_USES: Table = {
  name: 'api_key_uses',
  columns: {
    project: 'LowCardinality(String)',
    key_id: 'String',
    used_at: "DateTime64(3, 'UTC')",
  },
};

export const AUDIT_LOG: Table = {
  name: 'audit_log',
  columns: {
    project: 'LowCardinality(String)',
    at: "DateTime64(3, 'UTC')",
    id: 'String',
    action: 'LowCardinality(String)',
    object: 'String',
    result: 'LowCardinality(String)',
    key_id: 'LowCardinality(String)',
    actor: 'String',
    address: 'String',
    detail: 'String',
  },
};
