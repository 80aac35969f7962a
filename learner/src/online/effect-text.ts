import type { EffectView } from './watch-view.ts';

/** Points with sign: `+12`, `−3`. */
export function points(score: number): string {
  const rounded = Math.round(100 * score);
  return rounded < 0 ? `−${-rounded}` : `+${rounded}`;
}

/** `−21 points [−38, −4]`; `''` while nothing can be said. */
export function liftText({ lift }: Pick<EffectView, 'lift'>): string {
  return lift === null ? '' : `${points(lift.estimate)} points [${points(lift.low)}, ${points(lift.high)}]`;
}

/** Both arms in numbers: `41 % of 156 units with it, 62 % of 160 without`. */
export function armsText({ with: injected, without }: Pick<EffectView, 'with' | 'without'>): string {
  const share = (outcome: number | null): string =>
    outcome === null ? '–' : `${Math.round(100 * outcome)} %`;
  const missing = injected.missing + without.missing;
  const rest = missing === 0 ? '' : `; ${missing} without an outcome`;
  return `${share(injected.outcome)} of ${injected.units} units with it, ${share(without.outcome)} of ${without.units} without${rest}`;
}
