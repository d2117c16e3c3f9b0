import type { Metric } from "./metric";
import { spanningTree } from "./spanningTree";

/**
 * Times at which connected components die in the Vietoris-Rips filtration of a point cloud: the
 * edge lengths of its minimum spanning tree.
 *
 * The essential class never dies and is left out: m points give m - 1 times. Coincident points
 * give a time of 0, which is kept.
 * Persistence in dimension 1 and above (loops, voids) is out of scope.
 *
 * @param points m x dim, row-major.
 * @returns m - 1 times, ascending, in the unit of `points`.
 * @throws {RangeError} If `points.length` is not a positive multiple of `dim`, a value is not
 *   finite, a distance exceeds the largest number, or `metric` is invalid.
 * @see Hofer et al. 2020, https://arxiv.org/abs/2002.04805
 */
export function deathTimes(
  points: Float32Array | Float64Array,
  dim: number,
  metric: Metric = "L2",
): Float64Array {
  return spanningTree(points, dim, metric).lengths;
}

/**
 * Whether a sample is beta-connected: all of its death times lie in (0, beta].
 *
 * Coincident points (a time of 0) make a sample not beta-connected. A single point, which has no
 * death time, is beta-connected for every beta.
 *
 * @param times Death times, in any order; `beta` in the same unit.
 * @throws {RangeError} If `beta` or a time is NaN.
 * @see Hofer et al. 2020, definition 2, https://arxiv.org/abs/2002.04805
 */
export function isBetaConnected(times: ArrayLike<number>, beta: number): boolean {
  if (Number.isNaN(beta)) throw new RangeError("expected a number for beta, got NaN");
  let connected = true;
  for (let i = 0; i < times.length; i++) {
    if (Number.isNaN(times[i])) throw new RangeError(`expected death times, got NaN at ${i}`);
    connected &&= times[i] > 0 && times[i] <= beta;
  }
  return connected;
}
