/**
 * Adds `weight` times the gradient of the distance of rows `i` and `j` to these rows of
 * `gradient`: to row i with its sign, to row j with the opposite one.
 *
 * @param points m x dim, row-major; `gradient` the same.
 * @param length The distance, above 0: only L2 and other Lp divide by it.
 */
export type AddDistanceGradient = (
  points: Float64Array,
  i: number,
  j: number,
  dim: number,
  length: number,
  weight: number,
  gradient: Float64Array,
) => void;

/**
 * Gradient of the distance d of order p: sign(x) |x|^(p-1) / d^(p-1), with x a coordinate's
 * difference. That is sign(x) for L1 (0 at x = 0), x/d for L2, and for LInfinity sign(x) at the
 * first coordinate of the largest difference and 0 elsewhere.
 */
export function distanceGradient(order: number): AddDistanceGradient {
  if (order === 1) return addGradientL1;
  if (order === 2) return addGradientL2;
  if (order === Infinity) return addGradientLInfinity;
  return (points, i, j, dim, length, weight, gradient) => {
    for (let a = i * dim, b = j * dim, end = a + dim; a < end; a++, b++) {
      const ratio = (points[a] - points[b]) / length;
      const term = weight * Math.sign(ratio) * Math.abs(ratio) ** (order - 1);
      gradient[a] += term;
      gradient[b] -= term;
    }
  };
}

const addGradientL1: AddDistanceGradient = (points, i, j, dim, _length, weight, gradient) => {
  for (let a = i * dim, b = j * dim, end = a + dim; a < end; a++, b++) {
    const term = weight * Math.sign(points[a] - points[b]);
    gradient[a] += term;
    gradient[b] -= term;
  }
};

const addGradientL2: AddDistanceGradient = (points, i, j, dim, length, weight, gradient) => {
  for (let a = i * dim, b = j * dim, end = a + dim; a < end; a++, b++) {
    const term = weight * ((points[a] - points[b]) / length);
    gradient[a] += term;
    gradient[b] -= term;
  }
};

const addGradientLInfinity: AddDistanceGradient = (
  points,
  i,
  j,
  dim,
  _length,
  weight,
  gradient,
) => {
  let at = 0;
  let largest = 0;
  for (let k = 0; k < dim; k++) {
    const difference = points[i * dim + k] - points[j * dim + k];
    if (Math.abs(difference) > Math.abs(largest)) [at, largest] = [k, difference];
  }
  gradient[i * dim + at] += weight * Math.sign(largest);
  gradient[j * dim + at] -= weight * Math.sign(largest);
};
