/**
 * Quantile of ascending values, linear between neighbors (Hyndman and Fan's type 7, NumPy's
 * default).
 *
 * @param ascending One or more.
 * @param share From 0 (the smallest) to 1 (the largest).
 */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  const position = share * (ascending.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below] + (position - below) * (ascending[above] - ascending[below]);
}
