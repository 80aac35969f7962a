import { expect, test } from 'vitest';
import { forgetOwnSettings } from './own-settings.ts';

test('only the model of the settings stays', () => {
  const environment = {
    PATH: '/bin',
    OPENAI_API_KEY: 'key',
    TRACELORE_MODEL: 'large',
    TRACELORE_DISABLED: 'true',
    TRACELORE_PROJECT: 'mine',
    OTEL_SDK_DISABLED: 'true',
    CLICKHOUSE_URL: 'http://db',
  };
  forgetOwnSettings(environment);
  expect(environment).toEqual({ PATH: '/bin', OPENAI_API_KEY: 'key', TRACELORE_MODEL: 'large' });
});
