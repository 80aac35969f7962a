import { BACK_OFFICE } from './back-office/back-office.ts';
import { DESK } from './desk/desk.ts';
import type { Domain } from './domain.ts';
import { RECORDS } from './records/records.ts';
import { SERVICE } from './service/service.ts';
import { SQL } from './sql.ts';

/** Families of tasks that have nothing in common: a rule of one is of no use in another. */
export const DOMAINS: readonly Domain[] = [SQL, DESK, BACK_OFFICE, RECORDS, SERVICE];
