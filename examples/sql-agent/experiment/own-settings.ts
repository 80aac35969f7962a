/** Settings of Tracelore and OpenTelemetry; the model's name is meant for the demo too. */
const SETTING = /^(?:TRACELORE|OTEL|CLICKHOUSE)_(?!MODEL$)/;

/** Removes what the user has set for a service of their own: the demo runs its own service, and must not touch that one. */
export function forgetOwnSettings(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(environment)) if (SETTING.test(name)) delete environment[name];
}
