/** Address of the connection that a request came by, from what the HTTP server hands to the app; `''` without a socket. */
export function remoteAddress(bindings: unknown): string {
  return text(member(member(member(bindings, 'incoming'), 'socket'), 'remoteAddress'));
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
