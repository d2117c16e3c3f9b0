/** Distance of rows `i` and `j` of `points` (m x dim, row-major). */
export type PairDistance = (points: Float64Array, i: number, j: number, dim: number) => number;

/** Below this, a sum of squares has lost digits to underflow. */
const SMALLEST_SAFE_SQUARE = 1e-280;

/** The distance of order `order` (>= 1, or Infinity), accurate wherever the result is a number. */
export function pairDistance(order: number): PairDistance {
  if (order === 1) return distanceL1;
  if (order === 2) return distanceL2;
  if (order === Infinity) return distanceLInfinity;
  return (points, i, j, dim) => distanceLp(points, i, j, dim, order);
}

function distanceL1(points: Float64Array, i: number, j: number, dim: number): number {
  let sum = 0;
  for (let a = i * dim, b = j * dim, end = a + dim; a < end; a++, b++) {
    sum += Math.abs(points[a] - points[b]);
  }
  return sum;
}

function distanceL2(points: Float64Array, i: number, j: number, dim: number): number {
  let sum = 0;
  for (let a = i * dim, b = j * dim, end = a + dim; a < end; a++, b++) {
    const difference = points[a] - points[b];
    sum += difference * difference;
  }
  if (sum > SMALLEST_SAFE_SQUARE && sum < Infinity) return Math.sqrt(sum);
  return distanceLp(points, i, j, dim, 2);
}

function distanceLInfinity(points: Float64Array, i: number, j: number, dim: number): number {
  let largest = 0;
  for (let a = i * dim, b = j * dim, end = a + dim; a < end; a++, b++) {
    largest = Math.max(largest, Math.abs(points[a] - points[b]));
  }
  return largest;
}

/** Scaled by the largest difference, so that no power overflows and not all underflow. */
function distanceLp(points: Float64Array, i: number, j: number, dim: number, p: number): number {
  const largest = distanceLInfinity(points, i, j, dim);
  if (largest === 0 || largest === Infinity) return largest;
  let sum = 0;
  for (let a = i * dim, b = j * dim, end = a + dim; a < end; a++, b++) {
    sum += (Math.abs(points[a] - points[b]) / largest) ** p;
  }
  return largest * sum ** (1 / p);
}

/**
 * Number of points of dimension `dim` in the array.
 *
 * @throws {RangeError} If `points.length` is not a positive multiple of `dim` or a value is not
 * finite.
 */
export function pointCount(points: Float32Array | Float64Array, dim: number): number {
  if (!Number.isInteger(dim) || dim < 1)
    throw new RangeError(`expected a dimension of 1 or more, got ${dim}`);
  if (points.length === 0 || points.length % dim !== 0)
    throw new RangeError(`expected points of dimension ${dim}, got ${points.length} values`);
  const bad = firstNonFinite(points);
  if (bad >= 0)
    throw new RangeError(
      `expected finite points, got ${points[bad]} in point ${Math.floor(bad / dim)}`,
    );
  return points.length / dim;
}

/** Index of the first NaN or infinity, or -1. */
export function firstNonFinite(values: Float32Array | Float64Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

/** The same values in double precision; the same array if it is already. */
export function toFloat64(points: Float32Array | Float64Array): Float64Array {
  return points instanceof Float64Array ? points : Float64Array.from(points);
}

/**
 * Rejects a distance beyond the largest number.
 *
 * @throws {RangeError} If `distance` is infinite.
 */
export function checkDistance(distance: number): void {
  if (distance === Infinity)
    throw new RangeError("expected distances below 1.8e308, got larger ones");
}
