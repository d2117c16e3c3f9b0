import { checkedLabels, type Labels } from "../../numerics/labels";
import { rowsByClass } from "../../numerics/classes";
import { takeRows } from "../../numerics/takeRows";
import { deathTimes } from "./deathTimes";
import { pointCount } from "./distances";
import type { Metric } from "./metric";
import type { MergeTree } from "./singleLinkage";

/**
 * Death times of each class separately.
 *
 * @param points m x dim, row-major.
 * @param labels m class indices, 0 to `classCount` - 1.
 * @returns For each class, of n examples, n - 1 times, ascending; none for a class of one example
 * or without any.
 * @throws {RangeError} As `deathTimes`, or if a label is invalid.
 */
export function classDeathTimes(
  points: Float32Array | Float64Array,
  labels: Labels,
  dim: number,
  classCount: number,
  metric: Metric = "L2",
): Float64Array[] {
  const rows = rowsByClass(checkedClasses(labels, pointCount(points, dim), classCount));
  return Array.from({ length: classCount }, (_, c) => {
    const members = rows.get(c);
    return members ? deathTimes(takeRows(points, dim, members), dim, metric) : new Float64Array();
  });
}

/**
 * The scale at which two classes first connect, for every pair: the least t at which an example of
 * one and an example of the other lie in one component of all examples together.
 *
 * It is the least over paths from one class to the other of the longest step, through whatever
 * lies between: examples of third classes count as steps.
 *
 * @param tree `singleLinkage` of the m examples of all classes.
 * @param labels m class indices, 0 to `classCount` - 1.
 * @returns classCount x classCount, symmetric, in the unit of the points; 0 on the diagonal,
 * Infinity where a class has no example.
 * @throws {RangeError} If a label is invalid.
 */
export function classMergingTimes(
  tree: MergeTree,
  labels: Labels,
  classCount: number,
): Float64Array {
  const count = tree.times.length + 1;
  const own = checkedClasses(labels, count, classCount);
  const times = noConnections(own, classCount);
  const classes = Array.from(own, (label) => new Set([label])); // in each node
  tree.times.forEach((time, e) => {
    const [few, many] = [classes[tree.left[e]], classes[tree.right[e]]].sort(
      (a, b) => a.size - b.size,
    );
    for (const a of few) for (const b of many) connect(times, classCount, a, b, time);
    for (const a of few) many.add(a);
    classes[count + e] = many;
  });
  return times;
}

/** classCount x classCount: 0 for a class of some example and itself, Infinity elsewhere. */
function noConnections(labels: ArrayLike<number>, classCount: number): Float64Array {
  const scales = new Float64Array(classCount * classCount).fill(Infinity);
  for (let i = 0; i < labels.length; i++) scales[labels[i] * (classCount + 1)] = 0;
  return scales;
}

/** Lowers the scale of two classes to `scale`, both ways. */
function connect(scales: Float64Array, classCount: number, a: number, b: number, scale: number) {
  if (scale < scales[a * classCount + b])
    scales[a * classCount + b] = scales[b * classCount + a] = scale;
}

function checkedClasses(labels: Labels, count: number, classCount: number): ArrayLike<number> {
  if (!Number.isInteger(classCount) || classCount < 1)
    throw new RangeError(`expected 1 class or more, got ${classCount}`);
  if (labels.length !== count)
    throw new RangeError(`expected a label for each of ${count} points, got ${labels.length}`);
  return checkedLabels(labels, classCount);
}
