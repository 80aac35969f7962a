/** Version of this package; stands on every span's instrumentation scope and in the user agent. */
export const SDK_VERSION = '0.1.0';
export const SDK_NAME = '@tracelore/sdk';
