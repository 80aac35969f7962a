/**
 * Version of the contract between the SDK, the collector and the learner. It changes only when an older peer would
 * misread what a newer one sends; added optional fields do not change it.
 */
export const CONTRACT_VERSION = 1;

/** Request header that carries {@link CONTRACT_VERSION}; a service refuses a higher major version than its own. */
export const CONTRACT_VERSION_HEADER = 'x-tracelore-contract';
