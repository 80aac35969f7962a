import { type Config, resolveConfig, type TraceloreOptions } from './config.ts';
import { recordFault, setReporter } from './diagnostics.ts';
import { TraceloreError } from './errors.ts';
import { currentScope } from './scope.ts';

let current: Config | undefined;

/**
 * Sets the SDK's configuration for this process; a later call replaces it whole.
 * @throws TraceloreError `CONFIG_INVALID` naming every problem; then the earlier configuration stays.
 */
export function configure(options: TraceloreOptions = {}): Config {
  const resolved = resolveConfig(options, process.env);
  if (!resolved.ok) throw new TraceloreError('CONFIG_INVALID', resolved.problems);
  current = resolved.value;
  setReporter(options.report);
  return current;
}

/**
 * The configuration in force: that of the running code's backend, else the process's. Without `configure()` it comes from the environment; an environment with a problem then
 * disables the SDK (nobody is there to catch an error) and says so.
 */
export function currentConfig(): Config {
  const own = currentScope().backend;
  if (own !== undefined) return own.config;
  if (current !== undefined) return current;
  const resolved = resolveConfig({}, process.env);
  if (resolved.ok) {
    current = resolved.value;
    return current;
  }
  recordFault('config', `disabled, the environment is not valid: ${resolved.problems.join('; ')}`);
  const defaults = resolveConfig({ disabled: true }, {});
  if (!defaults.ok) throw new TraceloreError('CONFIG_INVALID', defaults.problems);
  current = defaults.value;
  return current;
}
