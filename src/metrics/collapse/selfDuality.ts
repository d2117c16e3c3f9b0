import { UndefinedMeasureError } from "./undefinedMeasure";
import { frobeniusNorm, rowCount } from "../../numerics/vectors";

/**
 * NC3, self-duality: |W' / |W|_F - M / |M|_F|_F, the distance between classifier and centered class
 * means, each scaled to length 1. Zero if they are proportional, sqrt(2) if orthogonal, 2 if
 * opposite. Some published code prints its square.
 *
 * @param weights W, C x dim, row-major.
 * @param means M', the centered class means, C x dim, row-major.
 * @returns From 0 to 2.
 * @throws {RangeError} If lengths disagree, there are fewer than 2 rows or a value is not finite.
 * @throws {UndefinedMeasureError} If either matrix is zero.
 * @see Papyan, Han, Donoho 2020, figure 5, https://arxiv.org/abs/2008.08186
 */
export function selfDuality(
  weights: ArrayLike<number>,
  means: ArrayLike<number>,
  dim: number,
): number {
  const rows = rowCount(means, dim);
  if (rowCount(weights, dim) !== rows)
    throw new RangeError(
      `expected a classifier of ${rows} classes x ${dim}, got ${weights.length} values`,
    );
  const weightsNorm = frobeniusNorm(weights);
  const meansNorm = frobeniusNorm(means);
  if (weightsNorm === 0) throw new UndefinedMeasureError("expected a classifier, got only zeros");
  if (meansNorm === 0)
    throw new UndefinedMeasureError("expected different class means, got only zeros");
  const difference = Float64Array.from(
    means,
    (value, i) => weights[i] / weightsNorm - value / meansNorm,
  );
  return frobeniusNorm(difference);
}
