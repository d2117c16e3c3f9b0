import assert from "node:assert/strict";
import { Random } from "../../../src/numerics/random";

/** Labelled features and a classifier, N x dim and C x dim, row-major. */
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
 * exactly on its class mean, classifier rows proportional to the centred means.
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

/** Equal up to `tolerance` of the larger of 1 and the expected value. */
export function assertClose(actual: number, expected: number, tolerance: number, what = ""): void {
  const allowed = tolerance * Math.max(1, Math.abs(expected));
  assert.ok(
    Math.abs(actual - expected) <= allowed,
    `${what}: expected ${expected} within ${allowed}, got ${actual}`,
  );
}

export function assertAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = "",
): void {
  assert.equal(actual.length, expected.length, what);
  for (let i = 0; i < actual.length; i++)
    assertClose(actual[i], expected[i], tolerance, `${what}[${i}]`);
}
