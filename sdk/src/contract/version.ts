/**
 * Version of the contract between the SDK, the collector and the learner. It changes only when an older peer would
 * misread what a newer one sends; added optional fields do not change it.
 */
export const CONTRACT_VERSION = 1;

/** Request header that carries {@link CONTRACT_VERSION}; a service refuses a higher major version than its own. */
export const CONTRACT_VERSION_HEADER = 'x-tracelore-contract';

/** Request header in which a client names its project; with an API key it must be the key's. */
export const PROJECT_HEADER = 'x-tracelore-project';
