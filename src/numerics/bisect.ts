const HALVINGS = 64;

/**
 * The largest x in [low, high] for which `holds`, from below, to 2^-64 of the interval.
 *
 * @param holds Holds at `low`; where it has stopped holding it does not hold again.
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
