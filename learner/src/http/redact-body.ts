import { Redactor } from '@tracelore/collector/store';
import { z } from 'zod';
import type { RedactionConfig } from '../redaction-config.ts';

/** Which texts of a body are redacted before anything sees them: all, those of these members, or none. */
export type Redacts = 'all' | readonly string[];

export type RedactBody = (body: unknown, which: Redacts) => unknown;

const members = z.record(z.string(), z.json());

/** Replaces secrets in what comes by the API, by the rules that hold for traces. `false` = nothing is replaced. */
export function bodyRedactor(options: RedactionConfig | false): RedactBody {
  if (options === false) return (body) => body;
  const redactor = new Redactor(options);
  return (body, which) => {
    if (which === 'all') {
      const json = z.json().safeParse(body);
      return json.success ? redactor.value(json.data) : body;
    }
    const object = members.safeParse(body);
    if (!object.success) return body;
    const clean = which.flatMap((name) => {
      const value = object.data[name];
      return value === undefined ? [] : [[name, redactor.value(value)] as const];
    });
    return { ...object.data, ...Object.fromEntries(clean) };
  };
}
