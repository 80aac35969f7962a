/** USD with as many decimals as its size needs; `-` when it is unknown. Nothing below a billionth is stored. */
export function money(usd: number | null): string {
  if (usd === null) return '-';
  const decimals = usd === 0 || usd >= 1 ? 2 : usd >= 0.01 ? 4 : usd >= 0.0001 ? 6 : 9;
  return `$${usd.toFixed(decimals)}`;
}

/** The same for a sum in which calls are missing: it is at least that much. */
export function moneyOfCalls(usd: number | null, unpriced: number): string {
  return usd !== null && unpriced > 0 ? `>${money(usd)}` : money(usd);
}
