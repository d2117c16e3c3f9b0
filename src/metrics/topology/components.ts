import type { MergeTree } from "./singleLinkage";

/**
 * How many connected components m points have when those no further apart than `scale` are joined:
 * 1 + the number of death times above `scale`.
 *
 * @param deathTimes m - 1 death times, in any order.
 * @param scale 0 or more, in the same unit; at 0 coincident points are one component.
 * @throws {RangeError} If `scale` is negative or NaN, or a death time is NaN.
 */
export function componentCount(deathTimes: ArrayLike<number>, scale: number): number {
  checkScale(scale);
  let count = 1;
  for (let i = 0; i < deathTimes.length; i++) {
    if (Number.isNaN(deathTimes[i])) throw new RangeError(`expected death times, got NaN at ${i}`);
    if (deathTimes[i] > scale) count++;
  }
  return count;
}

/**
 * The component of each point when those no further apart than `scale` are joined.
 *
 * @param scale 0 or more, in the unit of the points.
 * @returns m numbers: components are numbered from 0 by their first point.
 * @throws {RangeError} If `scale` is negative or NaN.
 */
export function componentLabels(tree: MergeTree, scale: number): Int32Array {
  checkScale(scale);
  const count = tree.times.length + 1;
  const component = Int32Array.from(tree.parents.keys()); // the largest node around each, by node
  for (let e = count - 2; e >= 0; e--)
    if (tree.times[e] <= scale)
      component[tree.left[e]] = component[tree.right[e]] = component[count + e];
  const numbers = new Map<number, number>();
  return component.subarray(0, count).map((node) => {
    if (!numbers.has(node)) numbers.set(node, numbers.size);
    return numbers.get(node)!;
  });
}

function checkScale(scale: number): void {
  if (!(scale >= 0)) throw new RangeError(`expected a scale of 0 or more, got ${scale}`);
}
