import assert from "node:assert/strict";
import {
  centeredClassMeans,
  classStatistics,
  type Center,
  type ClassStatistics,
  type LabeledFeatures,
} from "../../../src/metrics/collapse/classStatistics";
import { UndefinedMeasureError } from "../../../src/metrics/collapse/undefinedMeasure";
import { Random } from "../../../src/numerics/random";

/** Hand values are a few operations away from their inputs: rounding stays below this. */
export const rounding = 1e-14;

/** Class means 1 and 5, mu_G 3. */
export const line = classStatistics([0, 2, 4, 6], [0, 0, 1, 1], 1, 2);

/** Three examples at 0 and one at 4: means 0 and 4, the mean of the examples is 1. */
export const unbalanced = classStatistics([0, 0, 0, 4], [0, 0, 0, 1], 1, 2);

/** Class means (+-2, 0) and (0, +-1): S_B = diag(2, 1/2); deviations +-(1, 1): S_W all ones. */
export const cross = classStatistics(
  [3, 1, 1, -1, -1, 1, -3, -1, 1, 2, -1, 0, 1, 0, -1, -2],
  [0, 0, 1, 1, 2, 2, 3, 3],
  2,
  4,
);

/** Two classes whose means differ only by rounding. */
export const coinciding = classStatistics([0.1, 0.2, 0.6, 0.6, 0.2, 0.1], [0, 0, 0, 1, 1, 1], 1, 2);

/** A single class. */
export const oneClass = classStatistics([1, 2], [0, 0], 1, 1);

/** S_B, dim x dim: the mean over classes of (mu_c - mu_G)(mu_c - mu_G)'. */
export function betweenClassCovariance(
  statistics: ClassStatistics,
  center: Center = "meanOfClassMeans",
): Float64Array {
  const { dim, classCount } = statistics;
  const means = centeredClassMeans(statistics, center);
  return new Float64Array(dim * dim).map((_, at) => {
    const [i, j] = [Math.floor(at / dim), at % dim];
    let sum = 0;
    for (let c = 0; c < classCount; c++) sum += means[c * dim + i] * means[c * dim + j];
    return sum / classCount;
  });
}

/** Throws an {@link UndefinedMeasureError} that says why. */
export function assertUndefined(measure: () => unknown, message: RegExp): void {
  assert.throws(measure, UndefinedMeasureError);
  assert.throws(measure, message);
}

/** Labeled features and a classifier, N x dim and C x dim, row-major. */
export interface Examples {
  readonly dim: number;
  readonly classCount: number;
  readonly features: Float64Array;
  readonly labels: number[];
  readonly weights: Float64Array;
}

/** Unbalanced normal classes around random means: class c has 2 + c examples or a few more. */
export function randomExamples(random: Random, classCount: number, dim: number): Examples {
  const centers = normals(random, classCount * dim).map((value) => 3 * value);
  const labels = Array.from({ length: classCount }, (_, c) =>
    Array<number>(2 + c + random.integer(3)).fill(c),
  ).flat();
  random.shuffle(labels);
  const features = Float64Array.from(
    labels.flatMap((c) =>
      Array.from(centers.subarray(c * dim, (c + 1) * dim), (value) => value + random.normal()),
    ),
  );
  return { dim, classCount, features, labels, weights: normals(random, classCount * dim) };
}

/**
 * A collapsed network: class means at the corners of a rotated and shifted simplex, every example
 * exactly on its class mean, classifier rows proportional to the centered means.
 */
export function collapsedExamples(random: Random, classCount: number, dim: number): Examples {
  const corners = Float64Array.from({ length: classCount * classCount }, (_, i) => {
    return (i % (classCount + 1) === 0 ? 1 : 0) - 1 / classCount;
  });
  const axes = randomRotation(random, dim).subarray(0, classCount * dim);
  const simplex = multiply(corners, axes, classCount, dim);
  const shift = normals(random, dim);
  const labels = Array.from({ length: 4 * classCount }, (_, n) =>
    n < classCount ? n : random.integer(classCount),
  );
  const features = Float64Array.from(
    labels.flatMap((c) => Array.from(shift, (value, i) => value + 5 * simplex[c * dim + i])),
  );
  return { dim, classCount, features, labels, weights: simplex.map((value) => 0.3 * value) };
}

/** dim x dim with orthonormal rows: Gram and Schmidt on normal vectors. */
export function randomRotation(random: Random, dim: number): Float64Array {
  const rows = normals(random, dim * dim);
  for (let a = 0; a < dim; a++) {
    const row = rows.subarray(a * dim, (a + 1) * dim);
    // Twice, so that rounding in the first pass is removed by the second.
    for (let b = 0; b < 2 * a; b++) {
      const other = rows.subarray((b % a) * dim, ((b % a) + 1) * dim);
      const dot = row.reduce((sum, value, i) => sum + value * other[i], 0);
      row.forEach((value, i) => (row[i] = value - dot * other[i]));
    }
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    row.forEach((value, i) => (row[i] = value / norm));
  }
  return rows;
}

/** left x right, the latter inner x columns. */
export function multiply(
  left: Float64Array,
  right: Float64Array,
  inner: number,
  columns: number,
): Float64Array {
  return Float64Array.from({ length: (left.length / inner) * columns }, (_, at) => {
    const row = Math.floor(at / columns) * inner;
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += left[row + k] * right[k * columns + (at % columns)];
    return sum;
  });
}

export function normals(random: Random, length: number): Float64Array {
  return Float64Array.from({ length }, () => random.normal());
}

/** The examples in batches of the given sizes, the last with what is left: some may be empty. */
export function batchesOf(
  { features, labels, dim }: Omit<Examples, "classCount" | "weights">,
  sizes: readonly number[],
): LabeledFeatures[] {
  let start = 0;
  return [...sizes, labels.length].map((size) => {
    const [from, to] = [start, Math.min(start + size, labels.length)];
    start = to;
    return { features: features.subarray(from * dim, to * dim), labels: labels.slice(from, to) };
  });
}
