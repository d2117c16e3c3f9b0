import { alignmentCosines } from "./alignment";
import type { Measure } from "./catalogue";
import {
  classDistanceNormalizedVariances,
  classMeanDistances,
} from "./classDistanceNormalizedVariance";
import type { Geometry } from "./geometry";
import { interferenceGrid } from "./interference";
import { euclideanNorms } from "./norms";
import { whereDefined } from "./undefinedMeasure";

/**
 * Measure of each class. The mean of a measure with the name of a row of {@link MEASURES} is that
 * row.
 */
export interface ClassMeasure extends Pick<
  Measure,
  "section" | "name" | "title" | "formula" | "source"
> {
  /**
   * One value for each class with examples. Throws an `UndefinedMeasureError` if they are not
   * defined.
   */
  readonly values: (geometry: Geometry) => ArrayLike<number>;
}

/** Measure of each class with its values. */
export interface ClassEntry extends Omit<ClassMeasure, "values"> {
  /** C values; null for a class without examples, or if the measure is not defined. */
  readonly values: readonly (number | null)[];
  /** Reason why the values of all classes are null, if known. */
  readonly reason?: string;
}

const GALANTI = "Galanti, Gy\u00f6rgy, Hutter 2022, https://arxiv.org/abs/2112.15121";
const WU = "Wu, Papyan 2024, https://arxiv.org/abs/2405.17767";

/** Every measure of single classes, with the symbols of {@link MEASURES}. */
// prettier-ignore
export const CLASS_MEASURES: readonly ClassMeasure[] = [
  { section: "NC1", name: "classVariance", title: "Variance of the class",
    formula: "v_c, the mean of |h - mu_c|^2 over the class", values: ({ statistics }) => statistics.classVariances },
  { section: "NC1", name: "classDistanceNormalizedVariance", title: "Class-distance normalized variance",
    formula: "mean over c' != c of (v_c + v_c') / (2 |mu_c - mu_c'|^2)", source: GALANTI,
    values: ({ statistics, means }) => classDistanceNormalizedVariances(statistics, means) },
  { section: "NC2", name: "classMeanNorm", title: "Norm of the class mean", formula: "|mu_c - mu_G|",
    values: ({ means, dim }) => euclideanNorms(means, dim) },
  { section: "NC2", name: "nearestMeanDistance", title: "Distance to the nearest class mean",
    formula: "min over c' != c of |mu_c - mu_c'|",
    values: ({ statistics, means }) => rowExtremes(classMeanDistances(statistics, means), Math.min) },
  { section: "NC2", name: "largestInterference", title: "Largest interference",
    formula: "max over c' != c of cos(mu_c - mu_G, mu_c' - mu_G)", source: WU,
    values: ({ means, dim }) => rowExtremes(interferenceGrid(means, dim), Math.max) },
  { section: "NC3", name: "alignment", title: "Alignment", formula: "1 - cos(w_c, mu_c - mu_G)",
    values: ({ presentWeights, means, dim }) => alignmentCosines(presentWeights, means, dim).map((cosine) => 1 - cosine) },
  { section: "NC3", name: "dualityDistance", title: "Distance of classifier and class mean",
    formula: "| w_c / |w_c| - (mu_c - mu_G) / |mu_c - mu_G| |", source: WU,
    values: ({ presentWeights, means, dim }) => dualityDistances(presentWeights, means, dim) },
];

/**
 * Measures of single classes.
 *
 * @throws {RangeError} As `collapseReport`.
 */
export function classReport(geometry: Geometry): ClassEntry[] {
  const present = Array.from({ length: geometry.classCount }, (_, c) => c);
  return CLASS_MEASURES.map(({ values, ...measure }) => {
    const { value, reason } = whereDefined(() => {
      const missing = new Set(geometry.missingClasses);
      const rows = present.filter((c) => !missing.has(c));
      const own = values(geometry);
      return new Map(rows.map((c, row) => [c, own[row]]));
    });
    return { ...measure, values: present.map((c) => value?.get(c) ?? null), reason };
  });
}

/** Extreme value off the diagonal in each row of a C x C matrix. */
function rowExtremes(matrix: Float64Array, extreme: (...values: number[]) => number): Float64Array {
  const count = Math.sqrt(matrix.length);
  return Float64Array.from({ length: count }, (_, a) => {
    const row = Array.from(matrix.subarray(a * count, (a + 1) * count));
    return extreme(...row.filter((_, b) => b !== a));
  });
}

/**
 * Computed from the difference of unit vectors, because 2 - 2 cos would lose digits of small
 * distances.
 */
function dualityDistances(
  weights: ArrayLike<number>,
  means: ArrayLike<number>,
  dim: number,
): Float64Array {
  // Rejects zero vectors.
  const count = alignmentCosines(weights, means, dim).length;
  const [weightNorms, meanNorms] = [weights, means].map((rows) => euclideanNorms(rows, dim));
  return Float64Array.from({ length: count }, (_, c) => {
    let sum = 0;
    for (let at = c * dim; at < (c + 1) * dim; at++)
      sum += (weights[at] / weightNorms[c] - means[at] / meanNorms[c]) ** 2;
    return Math.sqrt(sum);
  });
}
