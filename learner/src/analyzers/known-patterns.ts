/** A kind of failure that needs no model to be recognised, and what is known to help against it. */
export interface KnownPattern {
  readonly name: string;
  /** Found in what a failing step or the outcome says. */
  readonly sign: RegExp;
  /** Of the step that failed; '' when it has no name. */
  readonly content: (step: string) => string;
  readonly appliesWhen: (step: string) => string;
}

const of = (step: string): string => (step === '' ? '' : ` of ${step}`);

/** Order matters: the first sign that is found names the failure. */
export const KNOWN_PATTERNS: readonly KnownPattern[] = [
  {
    name: 'json_parsing',
    sign: /\bJSON\b.{0,60}\b(?:parse|parsing|decode|invalid|unexpected|malformed|not valid)|\b(?:parse|parsing|decode|invalid|unexpected|malformed|not valid)\b.{0,60}\bJSON\b|JSONDecodeError/iu,
    content: (step) =>
      `JSON for or from a step${of(step)}:\n1. write the JSON value alone, without text or a code fence around it\n2. use double quotes and no trailing commas\n3. parse it before it is passed on; when that fails, write it once more`,
    appliesWhen: (step) => `JSON has to be read or written${step === '' ? '' : ` with ${step}`}`,
  },
  {
    name: 'rate_limit',
    sign: /\brate[ -]?limit|\btoo many requests\b|\b429\b|\bquota exceeded\b/iu,
    content: (step) =>
      `Calls${of(step)} are limited in number:\n1. ask for several things in 1 call where it allows that\n2. after "429" or "rate limit" wait for the time it names, else 10 s\n3. try at most 3 times, then answer with what is there`,
    appliesWhen: (step) => `many calls${of(step)} are needed`,
  },
  {
    name: 'timeout',
    sign: /\btime[ -]?(?:d )?out\b|\btimeout\b|\bdeadline exceeded\b|ETIMEDOUT/iu,
    content: (step) =>
      `A call${of(step)} may take too long:\n1. ask for less at a time: a narrower range or a limit of 100 rows\n2. after a timeout try once more with half of it\n3. then answer with what is there and say what is missing`,
    appliesWhen: (step) => `a slow or large call${of(step)} is needed`,
  },
  {
    name: 'auth_failure',
    sign: /\bunauthori[sz]ed\b|\bforbidden\b|\bauthentication\b.{0,40}\b(?:fail|error|requir|expired|invalid)|\b40[13]\b|\btoken (?:has )?expired\b|\bpermission denied\b/iu,
    content: (step) =>
      `A call${of(step)} was not allowed:\n1. do not repeat it unchanged after "401" or "403"\n2. get a fresh token or session first, where there is a step for that\n3. else say which permission is missing`,
    appliesWhen: (step) => `a call${of(step)} needs permission or a login`,
  },
  {
    name: 'network_error',
    sign: /\bECONN(?:REFUSED|RESET|ABORTED)\b|\bENOTFOUND\b|\bconnection (?:refused|reset|error|closed|aborted)\b|\bnetwork (?:error|unreachable)\b|\bsocket hang up\b|\bDNS\b/iu,
    content: (step) =>
      `A connection${of(step)} may break:\n1. try the same call once more after 2 s\n2. use another source for the same data where there is one\n3. else say what could not be reached; never make the data up`,
    appliesWhen: (step) => `a remote service is called${step === '' ? '' : ` with ${step}`}`,
  },
  {
    name: 'null_handling',
    sign: /\b(?:null|undefined|None(?:Type)?|nil)\b.{0,60}\b(?:property|properties|attribute|reference|object|deref|subscript|read)|\b(?:property|attribute|reference|object|read)\b.{0,60}\b(?:null|undefined|None(?:Type)?|nil)\b|\bKeyError\b|NullPointer/iu,
    content: (step) =>
      `Fields${of(step)} may be null or missing:\n1. look whether a field is there before using it\n2. take the next best field, or leave that record out and say so\n3. never treat null as 0`,
    appliesWhen: (step) => `records${of(step)} with optional fields are read`,
  },
];
