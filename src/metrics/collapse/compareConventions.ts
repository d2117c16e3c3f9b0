import { alignmentVariance } from "./alignment";
import type { MeasureName } from "./catalogue";
import {
  classDistanceNormalizedPairs,
  classDistanceNormalizedVariance,
} from "./classDistanceNormalizedVariance";
import { equiangularity, maximalAngle, signedMaximalAngle } from "./equiangularity";
import { equinorm, logEquinorm } from "./equinorm";
import type { ExampleQuantity } from "./exampleBatch";
import type { Geometry } from "./geometry";
import {
  hypersphericalUniformity,
  hypersphericalUniformityVariation,
  logInverseDistance,
  pairEnergies,
  rieszKernel,
} from "./hypersphericalUniformity";
import { nearestClassCenterMismatch, predictedClasses } from "./nearestClassCenter";
import { oleLoss } from "./oleLoss";
import { selfDuality } from "./selfDuality";
import { centeredRows, simplexDistance, simplexDuality } from "./simplexDistance";
import { UndefinedMeasureError, whereDefined } from "./undefinedMeasure";
import { covarianceTraceRatio, withinClassVariability } from "./withinClassVariability";
import { directedNorms, rowDot } from "../../numerics/vectors";
import { mean, populationStd } from "../../statistics/summary";

/** Value of one of several published formulas with the same name. */
export interface Convention {
  /** Name of the measure in this project. */
  readonly measure: MeasureName;
  /** Plain text, with the symbols of {@link MEASURES}. */
  readonly formula: string;
  /** Code or paper that uses the formula. */
  readonly source: string;
  /** null if it is not defined. */
  readonly value: number | null;
  /** Reason why the value is null, if known. */
  readonly reason?: string;
}

const HERE = "tdnc";
const PAPYAN = "Papyan, Han, Donoho 2020, their notebook";
const ORIGINAL = "the original, model_analysis.py";
const ZHU = "Zhu et al. 2021, https://arxiv.org/abs/2105.02375, validate_NC.py";
const RHUBARBWU = "rhubarbwu/neural-collapse, measure.py and kernels.py";
const TOOLBOX = "felixsh/nc-toolbox, metrics.py";
const LEZAMA = "Lezama et al. 2018, https://arxiv.org/abs/1712.01727, OLE.py";
const TORCH = "the default of torch.std";

const ABOUT_CLASSES = "mu_G the mean of the class means";
const ABOUT_EXAMPLES = "mu_G the mean of the examples";
const NORMS = "std / mean of |mu_c - mu_G|";
const COSINES = "cos(mu_c - mu_G, mu_c' - mu_G)";
const PAIR_VARIANCE = "(v_c + v_c') / (2 |mu_c - mu_c'|^2)";

type Value = (geometry: Geometry) => number | null;

const nc1 = ({ statistics, means, meanDirections }: Geometry) =>
  withinClassVariability(statistics, means, meanDirections);
const duality = ({ presentWeights, means, dim }: Geometry) =>
  selfDuality(presentWeights, means, dim);

/** Ratio of the sample standard deviation of `count` numbers to the population's. */
const toSample = (count: number) => Math.sqrt(count / (count - 1));
const sampleEquinorm = (vectors: ArrayLike<number>, dim: number) =>
  toSample(vectors.length / dim) * equinorm(vectors, dim);

function sampleEquiangularity(vectors: ArrayLike<number>, dim: number): number | null {
  const count = vectors.length / dim;
  const pairs = (count * (count - 1)) / 2;
  return pairs < 2 ? null : toSample(pairs) * equiangularity(vectors, dim);
}

/** Checks a mean that is used as a divisor. */
function divisor(mean: number): number {
  if (mean === 0) throw new UndefinedMeasureError("expected a mean other than 0");
  return mean;
}

const signedVariation = (values: Float64Array) => populationStd(values) / divisor(mean(values));

/** std / mean over the pairs c < c' of the differences of log norms. */
function logNormDifferences(vectors: ArrayLike<number>, dim: number): number {
  const logs = directedNorms(vectors, dim).map(Math.log);
  return signedVariation(pairsOf(logs.length, (a, b) => logs[a] - logs[b]));
}

/** cos(w_c, m_c') over the pairs c < c'. */
function crossCosines(weights: ArrayLike<number>, means: ArrayLike<number>, dim: number) {
  const [left, right] = [weights, means].map((rows) => directedNorms(rows, dim));
  return pairsOf(right.length, (a, b) => rowDot(weights, a, means, b, dim) / (left[a] * right[b]));
}

function pairsOf(count: number, value: (a: number, b: number) => number): Float64Array {
  const values: number[] = [];
  for (let a = 0; a < count; a++) for (let b = a + 1; b < count; b++) values.push(value(a, b));
  return Float64Array.from(values);
}

/** Riesz kernel of exponent p - 2, whose powers can overflow. */
function dimensionalRiesz(vectors: ArrayLike<number>, dim: number): number {
  const kernel = (distance: number) => (dim < 2 ? -1 : 1) * distance ** (2 - dim);
  const energies = pairEnergies(vectors, dim, kernel);
  if (!energies.every(Number.isFinite))
    throw new UndefinedMeasureError("expected powers of distances within the range of a double");
  return mean(energies);
}

const withoutBias: ExampleQuantity = ({ weightProducts, classCount }) =>
  predictedClasses(weightProducts, classCount);

/** Published formulas, grouped by measure; the first of each group is this project's. */
// prettier-ignore
const CONVENTIONS: readonly (Omit<Convention, "value"> & { readonly value: Value })[] = [
  { measure: "withinClassVariability", formula: `tr(S_W S_B^+) / C, ${ABOUT_CLASSES}`, source: HERE, value: nc1 },
  { measure: "withinClassVariability", formula: `tr(S_W S_B^+) / C, ${ABOUT_EXAMPLES}`,
    source: ZHU, value: ({ statistics, globalMeans }) => withinClassVariability(statistics, globalMeans) },
  { measure: "withinClassVariability", formula: "tr(S_W S_B^+), not divided by C",
    source: PAPYAN, value: (geometry) => geometry.statistics.classCount * nc1(geometry) },
  { measure: "withinClassVariability", formula: "tr(S_W S_B^+) / (2 C): its S_W divides by the examples counted twice",
    source: ORIGINAL, value: (geometry) => nc1(geometry) / 2 },
  { measure: "withinClassVariability", formula: "tr(S_W S_B^+) / C, S_B divided by p instead of C",
    source: RHUBARBWU, value: (geometry) => (geometry.dim / geometry.statistics.classCount) * nc1(geometry) },
  { measure: "covarianceTraceRatio", formula: `tr S_W / tr S_B, ${ABOUT_CLASSES}`,
    source: HERE, value: ({ statistics, means }) => covarianceTraceRatio(statistics, means) },
  { measure: "covarianceTraceRatio", formula: `tr S_W / tr S_B, ${ABOUT_EXAMPLES}`,
    source: HERE, value: ({ statistics, globalMeans }) => covarianceTraceRatio(statistics, globalMeans) },
  { measure: "covarianceTraceRatio", formula: "tr S_W / tr S_B, S_B divided by p instead of C", source: RHUBARBWU,
    value: ({ statistics, means, dim }) => (dim / statistics.classCount) * covarianceTraceRatio(statistics, means) },
  { measure: "classDistanceNormalizedVariance", formula: `mean over pairs of ${PAIR_VARIANCE}`,
    source: HERE, value: ({ statistics, means }) => classDistanceNormalizedVariance(statistics, means) },
  { measure: "classDistanceNormalizedVariance",
    formula: `std / mean over pairs of ${PAIR_VARIANCE}, v_c divided by n_c - 1`,
    source: TOOLBOX, value: ({ statistics, means }) => signedVariation(classDistanceNormalizedPairs(statistics, means, { sample: true })) },
  { measure: "meansEquinorm", formula: `population ${NORMS}`,
    source: HERE, value: ({ means, dim }) => equinorm(means, dim) },
  { measure: "meansEquinorm", formula: `sample ${NORMS}`,
    source: PAPYAN, value: ({ means, dim }) => sampleEquinorm(means, dim) },
  { measure: "meansEquinorm", formula: `sample ${NORMS}, called "distance to equiangularity"`,
    source: ORIGINAL, value: ({ means, dim }) => sampleEquinorm(means, dim) },
  { measure: "meansEquinorm", formula: `population ${NORMS}, ${ABOUT_EXAMPLES}`,
    source: HERE, value: ({ globalMeans, dim }) => equinorm(globalMeans, dim) },
  { measure: "meansLogEquinorm", formula: "std / |mean| over c of l_c = log |mu_c - mu_G|",
    source: HERE, value: ({ means, dim }) => logEquinorm(means, dim) },
  { measure: "meansLogEquinorm", formula: `std / mean over c < c' of l_c - l_c', ${ABOUT_EXAMPLES}`,
    source: TOOLBOX, value: ({ globalMeans, dim }) => logNormDifferences(globalMeans, dim) },
  { measure: "classifierEquinorm", formula: "population std / mean of |w_c|",
    source: HERE, value: ({ classifier, dim }) => equinorm(classifier.weights, dim) },
  { measure: "classifierEquinorm", formula: "sample std / mean of |w_c|",
    source: PAPYAN, value: ({ classifier, dim }) => sampleEquinorm(classifier.weights, dim) },
  { measure: "meansEquiangularity", formula: `population std over pairs of ${COSINES}`,
    source: HERE, value: ({ means, dim }) => equiangularity(means, dim) },
  { measure: "meansEquiangularity", formula: `sample std over pairs of ${COSINES}`,
    source: TORCH, value: ({ means, dim }) => sampleEquiangularity(means, dim) },
  { measure: "meansEquiangularity", formula: `population std / mean over pairs of ${COSINES} + 1 / (C - 1), ${ABOUT_EXAMPLES}`,
    source: TOOLBOX, value: ({ globalMeans, dim }) => equiangularity(globalMeans, dim) / divisor(signedMaximalAngle(globalMeans, dim)) },
  { measure: "meansMaximalAngle", formula: `mean over pairs of |${COSINES} + 1 / (C - 1)|`,
    source: HERE, value: ({ means, dim }) => maximalAngle(means, dim) },
  { measure: "meansMaximalAngle", formula: `the same, ${ABOUT_EXAMPLES}`,
    source: HERE, value: ({ globalMeans, dim }) => maximalAngle(globalMeans, dim) },
  { measure: "classifierSimplexDistance", formula: "|G / |G|_F - (I - 11' / C) / sqrt(C - 1)|_F, G = VV', V = W less its mean row",
    source: HERE, value: ({ classifier, dim }) => simplexDistance(centeredRows(classifier.weights, dim), dim) },
  { measure: "classifierSimplexDistance", formula: "the same with G = WW'",
    source: ZHU, value: ({ classifier, dim }) => simplexDistance(classifier.weights, dim) },
  { measure: "meansLogUniformity", formula: "mean over pairs of -log |u_c - u_c'|",
    source: HERE, value: ({ means, dim }) => hypersphericalUniformity(means, dim, logInverseDistance) },
  { measure: "meansLogUniformity", formula: "std^2 over pairs, beside the mean",
    source: RHUBARBWU, value: ({ means, dim }) => populationStd(pairEnergies(means, dim, logInverseDistance)) ** 2 },
  { measure: "meansLogUniformityVariation", formula: "std / |mean| over pairs of -log |u_c - u_c'|",
    source: HERE, value: ({ means, dim }) => hypersphericalUniformityVariation(means, dim, logInverseDistance) },
  { measure: "meansLogUniformityVariation", formula: `std / mean, with the sign of the mean, ${ABOUT_EXAMPLES}`,
    source: TOOLBOX, value: ({ globalMeans, dim }) => signedVariation(pairEnergies(globalMeans, dim, logInverseDistance)) },
  { measure: "meansRieszUniformity", formula: "mean over pairs of 1 / |u_c - u_c'|",
    source: HERE, value: ({ means, dim }) => hypersphericalUniformity(means, dim, rieszKernel(1)) },
  { measure: "meansRieszUniformity", formula: "mean over pairs of sign(p - 2) |u_c - u_c'|^(2 - p)",
    source: RHUBARBWU, value: ({ means, dim }) => dimensionalRiesz(means, dim) },
  { measure: "selfDuality", formula: "|W' / |W|_F - M / |M|_F|_F", source: HERE, value: duality },
  { measure: "selfDuality", formula: "|W' / |W|_F - M / |M|_F|_F^2",
    source: PAPYAN, value: (geometry) => duality(geometry) ** 2 },
  { measure: "selfDuality", formula: "|W' / |W|_F - M / |M|_F|_F^2",
    source: ORIGINAL, value: (geometry) => duality(geometry) ** 2 },
  { measure: "selfDuality", formula: `|W' / |W|_F - M / |M|_F|_F, ${ABOUT_EXAMPLES}`,
    source: HERE, value: ({ presentWeights, globalMeans, dim }) => selfDuality(presentWeights, globalMeans, dim) },
  { measure: "selfDuality", formula: `|G / |G|_F - (I - 11' / C) / sqrt(C - 1)|_F, G = W M, ${ABOUT_CLASSES}`,
    source: RHUBARBWU, value: ({ presentWeights, means, dim }) => simplexDuality(presentWeights, means, dim) },
  { measure: "selfDuality", formula: `|G / |G|_F - (I - 11' / C) / sqrt(C - 1)|_F, G = W M, ${ABOUT_EXAMPLES}`,
    source: ZHU, value: ({ presentWeights, globalMeans, dim }) => simplexDuality(presentWeights, globalMeans, dim) },
  { measure: "alignmentVariance", formula: "std^2 over c of cos(w_c, mu_c - mu_G)",
    source: HERE, value: ({ presentWeights, means, dim }) => alignmentVariance(presentWeights, means, dim) },
  { measure: "alignmentVariance", formula: `std / mean over c < c' of cos(w_c, mu_c' - mu_G), called "uniform duality", ${ABOUT_EXAMPLES}`,
    source: TOOLBOX, value: ({ presentWeights, globalMeans, dim }) => signedVariation(crossCosines(presentWeights, globalMeans, dim)) },
  { measure: "nearestClassCenterMismatch", formula: "share of examples with arg max of W h + b != arg min over c of |h - mu_c|",
    source: HERE, value: ({ nearest, predicted }) => nearestClassCenterMismatch(nearest, predicted) },
  { measure: "nearestClassCenterMismatch", formula: "share of examples where both are equal, of W h without b, called \"agreement\"",
    source: RHUBARBWU, value: ({ nearest, ofExamples }) => 1 - nearestClassCenterMismatch(nearest, ofExamples(withoutBias)) },
  { measure: "nearestClassCenterMismatch", formula: "share of examples where both are equal, called \"agreement\"",
    source: TOOLBOX, value: ({ nearest, predicted }) => 1 - nearestClassCenterMismatch(nearest, predicted) },
  { measure: "oleLoss", formula: "sum over c of max(1, |X_c|_*) - |X|_*",
    source: HERE, value: ({ nuclearNorms }) => oleLoss(nuclearNorms) },
  { measure: "oleLoss", formula: "the same divided by the number of examples, before its weight",
    source: LEZAMA, value: ({ nuclearNorms, statistics: { counts } }) => oleLoss(nuclearNorms) / counts.reduce((sum, count) => sum + count) },
];

/**
 * Values of the formulas of published code on the same features: they differ by constant factors,
 * by a square, or in the standard deviation and the mean, and use one name for different
 * quantities. The first row of each measure is this project's; compare a paper's number with the
 * row of its formula.
 *
 * @param geometry With mu_G the mean of the class means.
 * @throws {RangeError} If a class has no example, lengths disagree, or a feature is not finite.
 */
export function compareConventions(geometry: Geometry): Convention[] {
  return CONVENTIONS.map(({ value, ...convention }) => ({
    ...convention,
    ...whereDefined(() => value(geometry)),
  }));
}
