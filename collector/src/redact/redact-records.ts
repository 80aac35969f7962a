import type {
  Batch,
  DecodedLog,
  DecodedSpan,
  LogRecord,
  OutcomeRecord,
  Resource,
  Scope,
  SpanEvent,
  SpanLink,
  SpanRecord,
} from '../records.ts';
import { mapped } from './mapped.ts';
import type { Redactor } from './redactor.ts';

/** Spans of one request, redacted: the same objects where there is nothing to replace. Resources and scopes stay shared. */
export function redactSpans(redactor: Redactor, spans: readonly DecodedSpan[]): DecodedSpan[] {
  const owners = new Owners(redactor);
  return spans.map((span) => {
    const resource = owners.resource(span.resource);
    const scope = owners.scope(span.scope);
    const name = redactor.text(span.name);
    const traceState = redactor.text(span.traceState);
    const statusMessage = redactor.text(span.statusMessage);
    const attributes = redactor.attributes(span.attributes);
    const events = mapped(span.events, (event) => redactEvent(redactor, event));
    const links = mapped(span.links, (link) => redactLink(redactor, link));
    const isClean =
      resource === span.resource &&
      scope === span.scope &&
      name === span.name &&
      traceState === span.traceState &&
      statusMessage === span.statusMessage &&
      attributes === span.attributes &&
      events === span.events &&
      links === span.links;
    return isClean
      ? span
      : { ...span, resource, scope, name, traceState, statusMessage, attributes, events, links };
  });
}

function redactEvent(redactor: Redactor, event: SpanEvent): SpanEvent {
  const name = redactor.text(event.name);
  const attributes = redactor.attributes(event.attributes);
  return name === event.name && attributes === event.attributes ? event : { ...event, name, attributes };
}

function redactLink(redactor: Redactor, link: SpanLink): SpanLink {
  const traceState = redactor.text(link.traceState);
  const attributes = redactor.attributes(link.attributes);
  return traceState === link.traceState && attributes === link.attributes
    ? link
    : { ...link, traceState, attributes };
}

/** Log records of one request, redacted. */
export function redactLogs(redactor: Redactor, logs: readonly DecodedLog[]): DecodedLog[] {
  const owners = new Owners(redactor);
  return logs.map((log) => ({
    ...log,
    resource: owners.resource(log.resource),
    scope: owners.scope(log.scope),
    severityText: redactor.text(log.severityText),
    eventName: redactor.text(log.eventName),
    body: redactor.value(log.body),
    attributes: redactor.attributes(log.attributes),
  }));
}

/** Texts of stored rows. Ids are made by us or are hex. */
const SPAN_TEXTS = [
  'name',
  'service',
  'environment',
  'scopeName',
  'scopeVersion',
  'statusMessage',
  'errorType',
  'operation',
  'provider',
  'requestModel',
  'responseModel',
  'responseId',
  'agent',
  'tool',
  'toolCallId',
  'conversationId',
  'sessionId',
  'userId',
  'input',
  'output',
  'systemInstructions',
  'toolDefinitions',
  'traceState',
] as const satisfies readonly (keyof SpanRecord)[];
const LOG_TEXTS = [
  'severityText',
  'service',
  'eventName',
  'body',
  'scopeName',
  'scopeVersion',
] as const satisfies readonly (keyof LogRecord)[];
const OUTCOME_TEXTS = ['outcomeId', 'name', 'comment'] as const satisfies readonly (keyof OutcomeRecord)[];

/** Rows that did not come by OTLP, redacted. */
export function redactBatch(redactor: Redactor, batch: Batch): Batch {
  return {
    spans: batch.spans.map((span) => redactSpanRow(redactor, span)),
    logs: batch.logs.map((log) => ({
      ...redactTexts(redactor, log, LOG_TEXTS),
      attributes: redactor.texts(log.attributes),
      resourceAttributes: redactor.texts(log.resourceAttributes),
      scopeAttributes: redactor.texts(log.scopeAttributes),
    })),
    outcomes: batch.outcomes.map((outcome) => redactTexts(redactor, outcome, OUTCOME_TEXTS)),
  };
}

function redactSpanRow(redactor: Redactor, span: SpanRecord): SpanRecord {
  const text = (value: string): string => redactor.text(value);
  return {
    ...redactTexts(redactor, span, SPAN_TEXTS),
    tags: span.tags.map(text),
    finishReasons: span.finishReasons.map(text),
    attributes: redactor.texts(span.attributes),
    resourceAttributes: redactor.texts(span.resourceAttributes),
    scopeAttributes: redactor.texts(span.scopeAttributes),
    events: span.events.map((event) => ({
      ...event,
      name: text(event.name),
      attributes: redactor.texts(event.attributes),
    })),
    links: span.links.map((link) => ({
      ...link,
      traceState: text(link.traceState),
      attributes: redactor.texts(link.attributes),
    })),
  };
}

function redactTexts<K extends string, T extends Readonly<Record<K, string>>>(
  redactor: Redactor,
  row: T,
  names: readonly K[],
): T {
  const clean: T = { ...row };
  for (const name of names) Object.assign(clean, { [name]: redactor.text(row[name]) });
  return clean;
}

/** Resources and scopes of one request, each redacted once: later steps know them by identity. */
class Owners {
  readonly #redactor: Redactor;
  readonly #resources = new Map<Resource, Resource>();
  readonly #scopes = new Map<Scope, Scope>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  resource(resource: Resource): Resource {
    let clean = this.#resources.get(resource);
    if (clean === undefined) {
      const attributes = this.#redactor.attributes(resource.attributes);
      const schemaUrl = this.#redactor.text(resource.schemaUrl);
      const isClean = attributes === resource.attributes && schemaUrl === resource.schemaUrl;
      clean = isClean ? resource : { attributes, schemaUrl };
      this.#resources.set(resource, clean);
    }
    return clean;
  }

  scope(scope: Scope): Scope {
    let clean = this.#scopes.get(scope);
    if (clean === undefined) {
      const name = this.#redactor.text(scope.name);
      const version = this.#redactor.text(scope.version);
      const attributes = this.#redactor.attributes(scope.attributes);
      const isClean = name === scope.name && version === scope.version && attributes === scope.attributes;
      clean = isClean ? scope : { name, version, attributes };
      this.#scopes.set(scope, clean);
    }
    return clean;
  }
}
