const HALVINGS = 64;

/**
 * Largest x in [low, high] for which `holds`, from below, to 2^-64 of the interval.
 *
 * @param holds Monotone condition that is true at `low`.
 */
export function bisect(low: number, high: number, holds: (x: number) => boolean): number {
  let [inside, outside] = [low, high];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = inside + (outside - inside) / 2;
    if (holds(middle)) inside = middle;
    else outside = middle;
  }
  return inside;
}
