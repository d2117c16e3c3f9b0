import { UndefinedMeasureError } from "./undefinedMeasure";
import { variation } from "./variation";
import { mean } from "../../statistics/summary";
import { pairDistances, pairOf } from "./pairCosines";
import { directedNorms } from "../../numerics/vectors";

/** Energy of two points at a distance in (0, 2]: decreasing and convex in its square. */
export type DistanceKernel = (distance: number) => number;

/** The kernel -log(distance), also called the Riesz kernel of exponent 0. */
export function logInverseDistance(distance: number): number {
  return -Math.log(distance);
}

/**
 * The Riesz kernel: distance^-exponent.
 *
 * @throws {RangeError} If the exponent is not a finite number above 0.
 */
export function rieszKernel(exponent: number): DistanceKernel {
  if (!Number.isFinite(exponent) || exponent <= 0)
    throw new RangeError(`expected an exponent above 0, got ${exponent}`);
  return (distance) => distance ** -exponent;
}

/**
 * NC2, hyperspherical uniformity: mean over pairs of kernel(|u_c - u_c'|), u_c the vectors scaled
 * to length 1. Smaller values mean directions that are spread more evenly over the sphere. Not zero
 * for a simplex; {@link hypersphericalUniformityExcess} is.
 *
 * @param vectors C x dim, row-major: centered class means or rows of the classifier.
 * @param kernel {@link logInverseDistance} or {@link rieszKernel}.
 * @throws {RangeError} If there are fewer than 2 vectors, a value is not finite, or the length is
 *   not a multiple of `dim`.
 * @throws {UndefinedMeasureError} If a vector is zero, or two have the same direction: at distance
 *   0 the kernels are infinite.
 * @see Liu et al. 2023, https://arxiv.org/abs/2303.06484
 */
export function hypersphericalUniformity(
  vectors: ArrayLike<number>,
  dim: number,
  kernel: DistanceKernel = logInverseDistance,
): number {
  return mean(pairEnergies(vectors, dim, kernel));
}

/**
 * GNC2, dispersion of the hyperspherical uniformity: populationStd / |mean| over pairs of
 * kernel(|u_c - u_c'|). Zero if all directions are equally far from each other, as those of a simplex
 * are; always for two vectors.
 *
 * @returns 0 or more, without a unit.
 * @throws As {@link hypersphericalUniformity}.
 * @throws {UndefinedMeasureError} Also if the mean is 0: for -log, if distances are about 1.
 * @see Wu, Papyan 2024, https://arxiv.org/abs/2405.17767
 */
export function hypersphericalUniformityVariation(
  vectors: ArrayLike<number>,
  dim: number,
  kernel: DistanceKernel = logInverseDistance,
): number {
  return variation(pairEnergies(vectors, dim, kernel), "energies of pairs");
}

/**
 * NC2, hyperspherical uniformity above that of the simplex: {@link hypersphericalUniformity} less
 * kernel(sqrt(2 C / (C - 1))), the value for C directions of a simplex, which is the minimum. Zero
 * if the directions are those of a simplex; never zero for C > dim + 1, where no simplex fits.
 *
 * @returns 0 or more, up to rounding.
 * @throws As {@link hypersphericalUniformity}.
 * @see Liu et al. 2023, https://arxiv.org/abs/2303.06484
 */
export function hypersphericalUniformityExcess(
  vectors: ArrayLike<number>,
  dim: number,
  kernel: DistanceKernel = logInverseDistance,
): number {
  const uniformity = hypersphericalUniformity(vectors, dim, kernel);
  const count = vectors.length / dim;
  return uniformity - kernel(Math.sqrt((2 * count) / (count - 1)));
}

/** kernel(|u_c - u_c'|) of every pair once: (0, 1), (0, 2), ..., (C - 2, C - 1). */
export function pairEnergies(
  vectors: ArrayLike<number>,
  dim: number,
  kernel: DistanceKernel,
): Float64Array {
  const norms = directedNorms(vectors, dim);
  const unit = Float64Array.from(vectors, (value, i) => value / norms[Math.floor(i / dim)]);
  const distances = pairDistances(unit, dim);
  // Below this, two directions differ only by the rounding of their unit vectors.
  const equal = distances.findIndex((distance) => distance < 1e-15);
  if (equal >= 0) {
    const [a, b] = pairOf(equal, norms.length);
    throw new UndefinedMeasureError(
      `expected vectors in different directions, got the same direction in rows ${a} and ${b}`,
    );
  }
  return distances.map(kernel);
}
