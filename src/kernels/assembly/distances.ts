import { laneSum, loadPart, multiplyAdd } from "./vector";

/**
 * Distances of all pairs within each of `count` sub-batches.
 *
 * @param points count x size x dim.
 * @param distances Written: count x size x size, symmetric, 0 on the diagonal.
 * @param norm 1: sum of absolute differences; 2: Euclidean.
 */
export function pairwiseDistances(
  points: usize,
  distances: usize,
  count: i32,
  size: i32,
  dim: i32,
  norm: i32,
): void {
  const point: usize = (dim as usize) << 2;
  for (let s = 0; s < count; s++)
    for (let i = 0; i < size; i++)
      for (let j = 0; j <= i; j++) {
        const a = points + ((s * size + i) as usize) * point;
        const b = points + ((s * size + j) as usize) * point;
        const length =
          norm == 1 ? absoluteDistance(a, b, dim) : sqrt<f32>(squaredDistance(a, b, dim));
        const square = distances + (((s * size * size) as usize) << 2);
        store<f32>(square + (((i * size + j) as usize) << 2), length);
        store<f32>(square + (((j * size + i) as usize) << 2), length);
      }
}

function absoluteDistance(a: usize, b: usize, dim: i32): f32 {
  let sum = f32x4.splat(0);
  for (; dim > 0; dim -= 4, a += 16, b += 16)
    sum = f32x4.add(sum, f32x4.abs(f32x4.sub(loadPart(a, dim), loadPart(b, dim))));
  return laneSum(sum);
}

function squaredDistance(a: usize, b: usize, dim: i32): f32 {
  let sum = f32x4.splat(0);
  for (; dim > 0; dim -= 4, a += 16, b += 16) {
    const difference = f32x4.sub(loadPart(a, dim), loadPart(b, dim));
    sum = multiplyAdd(difference, difference, sum);
  }
  return laneSum(sum);
}
