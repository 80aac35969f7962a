export type { ApiKey, StoredKey } from './api-key.ts';
export {
  AUDIT_PAGE_MAX,
  SERVICE_SUBJECT,
  type AuditEntry,
  type AuditLog,
  type AuditSubject,
  type StoredAuditEntry,
} from './audit-log.ts';
export { KeyRing, type Principal } from './key-ring.ts';
export {
  KeyRefusal,
  OVERLAP_HOURS,
  type IssuedKey,
  type KeyAuthority,
  type KeyManager,
  type KeyRequest,
} from './manage-keys.ts';
export { openTenancy, type Tenancy, type TenancyOptions } from './open-tenancy.ts';
export { ALL_PROJECTS, allows, isScope, SCOPES, type Scope } from './scope.ts';
