import {
  centeredClassMeans,
  type Center,
  type ClassStatistics,
} from "../metrics/collapse/classStatistics";
import { decompose } from "../numerics/eigendecomposition";
import { UndefinedValueError } from "../numerics/undefinedValue";
import { frobeniusNorm, rowDot } from "../numerics/vectors";

/** Two or three directions of the feature space that a figure projects on. */
export interface SimplexAxes {
  /** The classes that the figure is about. */
  readonly classes: readonly number[];
  /** d x dim, row-major; d is 2 or 3. */
  readonly vectors: Float64Array;
  /** dim: the point that is drawn at 0. */
  readonly origin: Float64Array;
  /** d names of the axes. */
  readonly names: readonly string[];
}

/** A part of the axes that is 1e-9 of the class means or less is rounding. */
const NO_DIRECTION = 1e-9;

/**
 * The plane or space that two or three classes span: the directions mu_c - mu_G through mu_G, made
 * orthonormal (Gram and Schmidt), the first along the first class. Lengths and angles of these
 * classes' means are drawn as they are; in a simplex ETF of C classes the angles have cosine
 * -1 / (C - 1).
 *
 * @param classes 2 for a plane, 3 for a space; different.
 * @param center Which mean is mu_G; that of the class means unless given.
 * @throws {RangeError} If there are not 2 or 3 different classes of the set, or their directions do not
 *   span as many dimensions.
 */
export function spanAxes(
  statistics: ClassStatistics,
  classes: readonly number[],
  center: Center = "meanOfClassMeans",
): SimplexAxes {
  checkClasses(classes, [2, 3], statistics);
  const means = centeredClassMeans(statistics, center);
  const { dim } = statistics;
  const rows = classes.map((c) => means.slice(c * dim, (c + 1) * dim));
  const names = classes.map((c, k) => (k === 0 ? `direction of class ${c}` : `towards class ${c}`));
  return { classes, names, vectors: orthonormal(rows), origin: statistics[center] };
}

/**
 * The plane or space of a face of the simplex: that through the means of three or four classes,
 * shifted to mu_G. In a simplex ETF they are drawn as a regular triangle or tetrahedron and all other
 * classes in its middle, since they differ from it in directions of their own only.
 *
 * @param classes 3 for a plane, 4 for a space; different. The first two lie on the first axis's
 *   direction.
 * @param center Which mean is mu_G; that of the class means unless given.
 * @throws {RangeError} As {@link spanAxes}.
 */
export function faceAxes(
  statistics: ClassStatistics,
  classes: readonly number[],
  center: Center = "meanOfClassMeans",
): SimplexAxes {
  checkClasses(classes, [3, 4], statistics);
  const { dim, classMeans } = statistics;
  const [first, ...others] = classes;
  const rows = others.map((c) =>
    Float64Array.from(
      { length: dim },
      (_, i) => classMeans[c * dim + i] - classMeans[first * dim + i],
    ),
  );
  const names = rows.map((_, k) => `simplex axis ${k + 1}`);
  return { classes, names, vectors: orthonormal(rows), origin: statistics[center] };
}

/**
 * The axes of the original's `rep_plot`: columns of R = V U', where U S V' is the singular value
 * decomposition of J M', M' the class means less the mean of the examples and J = I - 11' / C: the
 * rotation that brings the class means closest to a simplex ETF.
 *
 * Two things are not as they look: features are not centered (0 is drawn at 0, not mu_G), and the
 * columns are not at right angles (their cosine is -1 / (C - 1)), though they are drawn so. The
 * original's R has a part more, along the singular vector of the singular value 0, which is
 * arbitrary; it is left out here.
 *
 * @param classes Two: the original's i and j.
 * @throws {RangeError} If there are not two different classes of the set, or the class means coincide.
 */
export function originalAxes(statistics: ClassStatistics, classes: readonly number[]): SimplexAxes {
  checkClasses(classes, [2], statistics);
  const { dim, classCount } = statistics;
  const means = columnCentered(centeredClassMeans(statistics, "globalMean"), dim);
  const inverseRoot = inverseSquareRoot(gram(means, dim), classCount);
  const vectors = new Float64Array(classes.length * dim);
  classes.forEach((c, k) => {
    for (let other = 0; other < classCount; other++)
      for (let i = 0; i < dim; i++)
        vectors[k * dim + i] += inverseRoot[c * classCount + other] * means[other * dim + i];
  });
  const names = classes.map((c) => `column ${c} of R`);
  return { classes, names, vectors, origin: new Float64Array(dim) };
}

function checkClasses(
  classes: readonly number[],
  sizes: readonly number[],
  { classCount }: ClassStatistics,
) {
  const wanted = `${sizes.join(" or ")} different classes from 0 to ${classCount - 1}`;
  const isClass = (c: number) => Number.isInteger(c) && c >= 0 && c < classCount;
  if (
    !sizes.includes(classes.length) ||
    new Set(classes).size !== classes.length ||
    !classes.every(isClass)
  )
    throw new RangeError(`expected ${wanted}, got ${classes.join(", ") || "none"}`);
}

/** Rows made orthonormal one after the other, each as close to its own direction as may be. */
function orthonormal(rows: readonly Float64Array[]): Float64Array {
  const dim = rows[0].length;
  const vectors = new Float64Array(rows.length * dim);
  const largest = Math.max(...rows.map(frobeniusNorm));
  rows.forEach((row, k) => {
    const own = row.slice();
    for (let j = 0; j < k; j++) {
      const along = rowDot(own, 0, vectors, j, dim);
      for (let i = 0; i < dim; i++) own[i] -= along * vectors[j * dim + i];
    }
    const length = frobeniusNorm(own);
    if (!(length > NO_DIRECTION * largest))
      throw new UndefinedValueError(`expected classes in ${rows.length} directions, got fewer`);
    vectors.set(
      own.map((value) => value / length),
      k * dim,
    );
  });
  return vectors;
}

/** J M': rows less their mean row. */
function columnCentered(rows: Float64Array, dim: number): Float64Array {
  const count = rows.length / dim;
  const mean = new Float64Array(dim);
  rows.forEach((value, i) => (mean[i % dim] += value / count));
  return rows.map((value, i) => value - mean[i % dim]);
}

function gram(rows: Float64Array, dim: number): Float64Array {
  const count = rows.length / dim;
  return Float64Array.from({ length: count * count }, (_, at) =>
    rowDot(rows, Math.floor(at / count), rows, at % count, dim),
  );
}

/** The pseudo-inverse of the square root: eigenvalues that are rounding become 0. */
function inverseSquareRoot(matrix: Float64Array, size: number): Float64Array {
  const { realEigenvalues, eigenvectorMatrix } = decompose(matrix, size);
  const largest = Math.max(...realEigenvalues);
  if (!(largest > 0)) throw new RangeError("expected class means that differ, got equal ones");
  const roots = realEigenvalues.map((value) =>
    value > NO_DIRECTION * largest ? value ** -0.5 : 0,
  );
  return Float64Array.from({ length: size * size }, (_, at) =>
    roots.reduce(
      (total, root, k) =>
        total +
        root *
          eigenvectorMatrix.get(Math.floor(at / size), k) *
          eigenvectorMatrix.get(at % size, k),
      0,
    ),
  );
}
