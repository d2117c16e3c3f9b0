import { centeredClassMeans, classStatistics, type ClassStatistics } from "./classStatistics";
import { classMeanDistances } from "./classDistanceNormalizedVariance";
import { frobeniusNorm, rowDot } from "../../numerics/vectors";
import { Random } from "../../numerics/random";
import { mean } from "../../statistics/summary";

/**
 * Share of the centered class means' squared length that lies along orthonormal directions: what a
 * picture in their plane holds of the means. (d / (C - 1) of a simplex ETF.)
 *
 * @param directions d x dim, row-major.
 */
export function shareAlong(statistics: ClassStatistics, directions: Float64Array): number {
  const { dim, classCount } = statistics;
  const means = centeredClassMeans(statistics);
  let held = 0;
  for (let c = 0; c < classCount; c++)
    for (let axis = 0; axis * dim < directions.length; axis++)
      held += rowDot(means, c, directions, axis, dim) ** 2;
  return held / frobeniusNorm(means) ** 2;
}

/** The shortest of the distances between the means of some classes, divided by the longest. */
export function sideRatio(statistics: ClassStatistics, classes: readonly number[]): number {
  const distances = classMeanDistances(statistics);
  const sides = classes.flatMap((a, i) =>
    classes.slice(i + 1).map((b) => distances[a * statistics.classCount + b]),
  );
  return Math.min(...sides) / Math.max(...sides);
}

/** The angle between the centered means of two classes, in degrees; 96.4 in a simplex of ten. */
export function classMeanAngle(statistics: ClassStatistics, [a, b]: readonly number[]): number {
  const { dim } = statistics;
  const means = centeredClassMeans(statistics);
  const length = (c: number) => Math.sqrt(rowDot(means, c, means, c, dim));
  return degrees(rowDot(means, a, means, b, dim) / (length(a) * length(b)));
}

/** How a picture draws two class means that are projected on two directions at right angles. */
export interface DrawnMeans {
  /** The angle between them in the picture, in degrees. */
  readonly angle: number;
  /** Distance of mu_G's projection from 0, in lengths of the first mean less mu_G, as drawn. */
  readonly offCenter: number;
}

/**
 * The angle of two class means as a picture draws it whose axes are directions that need not be at
 * right angles, such as the original's, and how far the picture is off center.
 *
 * @param directions 2 x dim.
 */
export function drawnMeans(
  { classMeans, meanOfClassMeans, dim }: ClassStatistics,
  [a, b]: readonly number[],
  directions: Float64Array,
): DrawnMeans {
  const onAxes = (rows: Float64Array, row: number) =>
    [0, 1].map((axis) => rowDot(rows, row, directions, axis, dim));
  const center = onAxes(meanOfClassMeans, 0);
  const [u, v] = [a, b].map((c) => onAxes(classMeans, c).map((value, i) => value - center[i]));
  const cosine = (u[0] * v[0] + u[1] * v[1]) / (Math.hypot(...u) * Math.hypot(...v));
  return { angle: degrees(cosine), offCenter: Math.hypot(...center) / Math.hypot(...u) };
}

/** Distance from a class mean to the nearest mean of another class, the mean over the classes. */
export function nearestClassDistance(statistics: ClassStatistics): number {
  const { classCount } = statistics;
  const distances = classMeanDistances(statistics);
  const row = (c: number) => [...distances.subarray(c * classCount, (c + 1) * classCount)];
  const classes = [...Array(classCount).keys()];
  return mean(classes.map((c) => Math.min(...row(c).filter((_, other) => other !== c))));
}

/** Root of the mean squared distance of the examples to their class mean, over the classes. */
export function classRadius({ classVariances }: ClassStatistics): number {
  return Math.sqrt(mean([...classVariances]));
}

/** A collapsed configuration: class c is the unit vector e_c of a space of `classCount` dimensions. */
export function simplexStatistics(classCount: number): ClassStatistics {
  const labels = Uint8Array.from({ length: classCount }, (_, c) => c);
  const isCorner = (i: number) => i % (classCount + 1) === 0;
  const corners = Float64Array.from({ length: classCount ** 2 }, (_, i) => (isCorner(i) ? 1 : 0));
  return classStatistics(corners, labels, classCount, classCount);
}

/** Points in normal clouds around class means: example i is of class i mod C. */
export function cloudsAround(
  { classMeans, classCount, dim }: ClassStatistics,
  perClass: number,
  standardDeviation: number,
  random: Random,
): { features: Float32Array; labels: Uint8Array } {
  const labels = Uint8Array.from({ length: classCount * perClass }, (_, i) => i % classCount);
  const features = Float32Array.from({ length: labels.length * dim }, (_, at) => {
    const mean = classMeans[labels[Math.floor(at / dim)] * dim + (at % dim)];
    return mean + standardDeviation * random.normal();
  });
  return { features, labels };
}

const degrees = (cosine: number) => (180 / Math.PI) * Math.acos(cosine);
