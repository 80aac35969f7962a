import { ATTR } from '@tracelore/sdk/contract';
import type { DecodedSpan, Resource, Scope } from '../records.ts';
import { storedTexts } from './attribute-text.ts';

type Texts = ReadonlyMap<string, string>;

/** What the spans of one resource and scope have in common. */
export interface Emitter {
  readonly service: string;
  readonly environment: string;
  readonly resourceAttributes: Texts;
  readonly scopeAttributes: Texts;
}

/** The emitters of a request's spans, each read once; those of one emitter mostly follow each other. */
export class Emitters {
  readonly #resources = new Map<Resource, Texts>();
  readonly #scopes = new Map<Scope, Texts>();
  #resource: Resource | undefined;
  #scope: Scope | undefined;
  #emitter: Emitter | undefined;

  of({ resource, scope }: DecodedSpan): Emitter {
    if (this.#emitter !== undefined && resource === this.#resource && scope === this.#scope)
      return this.#emitter;
    const resourceAttributes = textsOf(resource, this.#resources);
    this.#resource = resource;
    this.#scope = scope;
    this.#emitter = {
      service: resourceAttributes.get(ATTR.serviceName) ?? '',
      environment:
        resourceAttributes.get(ATTR.environment) ?? resourceAttributes.get('deployment.environment') ?? '',
      resourceAttributes,
      scopeAttributes: textsOf(scope, this.#scopes),
    };
    return this.#emitter;
  }
}

function textsOf<Owner extends Resource | Scope>(owner: Owner, known: Map<Owner, Texts>): Texts {
  let texts = known.get(owner);
  if (texts === undefined) {
    texts = storedTexts(owner.attributes);
    known.set(owner, texts);
  }
  return texts;
}
