/** {@link TrainingKernels.pairwiseDistances} in float64. */
export function pairwiseDistances(
  points: ArrayLike<number>,
  distances: Float64Array,
  [count, size, dim]: readonly [number, number, number],
  norm: 1 | 2,
): void {
  for (let s = 0, at = 0; s < count; s++)
    for (let i = s * size; i < (s + 1) * size; i++)
      for (let j = s * size; j < (s + 1) * size; j++, at++) {
        let sum = 0;
        for (let d = 0; d < dim; d++)
          sum += Math.abs(points[i * dim + d] - points[j * dim + d]) ** norm;
        distances[at] = sum ** (1 / norm);
      }
}
