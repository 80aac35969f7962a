import type { Dialect } from '../dialect.ts';
import { AX } from './ax.ts';
import { CODING_AGENTS } from './coding-agents.ts';
import { GEN_AI } from './gen-ai.ts';
import { GENKIT } from './genkit.ts';
import { GOOGLE_ADK } from './google-adk.ts';
import { LAMINAR } from './laminar.ts';
import { LANGFUSE } from './langfuse.ts';
import { LANGSMITH } from './langsmith.ts';
import { LANGWATCH } from './langwatch.ts';
import { LOGFIRE } from './logfire.ts';
import { MASTRA } from './mastra.ts';
import { OPENINFERENCE } from './openinference.ts';
import { OTHER_VENDORS } from './other-vendors.ts';
import { PLAIN } from './plain.ts';
import { STRANDS } from './strands.ts';
import { TRACELOOP } from './traceloop.ts';
import { VERCEL_AI } from './vercel-ai.ts';

/** Raised when a change of the tables gives other canonical values for the same span. Stored in `spans.mapping_version`. */
export const MAPPING_VERSION = 3;

/** All dialects in the order in which their attributes are believed: the conventions first, names without a vendor last. */
export const DIALECTS: readonly Dialect[] = [
  GEN_AI,
  LANGFUSE,
  VERCEL_AI,
  OPENINFERENCE,
  MASTRA,
  GOOGLE_ADK,
  LANGSMITH,
  LAMINAR,
  LANGWATCH,
  AX,
  TRACELOOP,
  CODING_AGENTS,
  GENKIT,
  LOGFIRE,
  STRANDS,
  OTHER_VENDORS,
  PLAIN,
];

/** The dialect of a span that speaks none. */
export const PLAIN_DIALECT: Dialect = PLAIN;
