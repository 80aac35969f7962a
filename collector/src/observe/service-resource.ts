import type { Attributes } from '@opentelemetry/api';
import type { MeterProviderOptions } from '@opentelemetry/sdk-metrics';

type Resource = NonNullable<MeterProviderOptions['resource']>;

/** The resource that stands for this service. `OTEL_SERVICE_NAME` is not asked: it names the agents, in the same shell. */
export function serviceResource(attributes: Attributes): Resource {
  return {
    attributes,
    merge: (other) => serviceResource({ ...attributes, ...other?.attributes }),
    getRawAttributes: () => Object.entries(attributes),
  };
}
