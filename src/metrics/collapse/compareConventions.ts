import type { MeasureName } from "./catalogue";
import { equiangularity, maximalAngle } from "./equiangularity";
import { equinorm } from "./equinorm";
import type { Geometry } from "./geometry";
import { selfDuality } from "./selfDuality";
import { centeredRows, simplexDistance, simplexDuality } from "./simplexDistance";
import { whereDefined } from "./undefinedMeasure";
import { covarianceTraceRatio, withinClassVariability } from "./withinClassVariability";

/** Value of one published formula where another has been called the same. */
export interface Convention {
  /** The measure under its name here. */
  readonly measure: MeasureName;
  /** In plain text, with the symbols of {@link MEASURES}. */
  readonly formula: string;
  /** Where the formula is used. */
  readonly source: string;
  /** null where it is not defined. */
  readonly value: number | null;
  /** Why the value is null, where that is known. */
  readonly reason?: string;
}

const HERE = "tdnc";
const PAPYAN = "Papyan, Han, Donoho 2020, their notebook";
const ORIGINAL = "the original, model_analysis.py";
const ZHU = "Zhu et al. 2021, https://arxiv.org/abs/2105.02375, validate_NC.py";
const TORCH = "the default of torch.std";

const ABOUT_CLASSES = "mu_G the mean of the class means";
const ABOUT_EXAMPLES = "mu_G the mean of the examples";
const NORMS = "std / mean of |mu_c - mu_G|";
const COSINES = "cos(mu_c - mu_G, mu_c' - mu_G)";

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

/** Published formulas, those of one measure together: the first is this project's. */
// prettier-ignore
const CONVENTIONS: readonly (Omit<Convention, "value"> & { readonly value: Value })[] = [
  { measure: "withinClassVariability", formula: `tr(S_W S_B^+) / C, ${ABOUT_CLASSES}`, source: HERE, value: nc1 },
  { measure: "withinClassVariability", formula: `tr(S_W S_B^+) / C, ${ABOUT_EXAMPLES}`,
    source: ZHU, value: ({ statistics, globalMeans }) => withinClassVariability(statistics, globalMeans) },
  { measure: "withinClassVariability", formula: "tr(S_W S_B^+), not divided by C",
    source: PAPYAN, value: (geometry) => geometry.statistics.classCount * nc1(geometry) },
  { measure: "withinClassVariability", formula: "tr(S_W S_B^+) / (2 C): its S_W divides by the examples counted twice",
    source: ORIGINAL, value: (geometry) => nc1(geometry) / 2 },
  { measure: "covarianceTraceRatio", formula: `tr S_W / tr S_B, ${ABOUT_CLASSES}`,
    source: HERE, value: ({ statistics, means }) => covarianceTraceRatio(statistics, means) },
  { measure: "covarianceTraceRatio", formula: `tr S_W / tr S_B, ${ABOUT_EXAMPLES}`,
    source: HERE, value: ({ statistics, globalMeans }) => covarianceTraceRatio(statistics, globalMeans) },
  { measure: "meansEquinorm", formula: `population ${NORMS}`,
    source: HERE, value: ({ means, dim }) => equinorm(means, dim) },
  { measure: "meansEquinorm", formula: `sample ${NORMS}`,
    source: PAPYAN, value: ({ means, dim }) => sampleEquinorm(means, dim) },
  { measure: "meansEquinorm", formula: `sample ${NORMS}, called "distance to equiangularity"`,
    source: ORIGINAL, value: ({ means, dim }) => sampleEquinorm(means, dim) },
  { measure: "meansEquinorm", formula: `population ${NORMS}, ${ABOUT_EXAMPLES}`,
    source: HERE, value: ({ globalMeans, dim }) => equinorm(globalMeans, dim) },
  { measure: "classifierEquinorm", formula: "population std / mean of |w_c|",
    source: HERE, value: ({ classifier, dim }) => equinorm(classifier.weights, dim) },
  { measure: "classifierEquinorm", formula: "sample std / mean of |w_c|",
    source: PAPYAN, value: ({ classifier, dim }) => sampleEquinorm(classifier.weights, dim) },
  { measure: "meansEquiangularity", formula: `population std over pairs of ${COSINES}`,
    source: HERE, value: ({ means, dim }) => equiangularity(means, dim) },
  { measure: "meansEquiangularity", formula: `sample std over pairs of ${COSINES}`,
    source: TORCH, value: ({ means, dim }) => sampleEquiangularity(means, dim) },
  { measure: "meansMaximalAngle", formula: `mean over pairs of |${COSINES} + 1 / (C - 1)|`,
    source: HERE, value: ({ means, dim }) => maximalAngle(means, dim) },
  { measure: "meansMaximalAngle", formula: `the same, ${ABOUT_EXAMPLES}`,
    source: HERE, value: ({ globalMeans, dim }) => maximalAngle(globalMeans, dim) },
  { measure: "classifierSimplexDistance", formula: "|G / |G|_F - (I - 11' / C) / sqrt(C - 1)|_F, G = VV', V = W less its mean row",
    source: HERE, value: ({ classifier, dim }) => simplexDistance(centeredRows(classifier.weights, dim), dim) },
  { measure: "classifierSimplexDistance", formula: "the same with G = WW'",
    source: ZHU, value: ({ classifier, dim }) => simplexDistance(classifier.weights, dim) },
  { measure: "selfDuality", formula: "|W' / |W|_F - M / |M|_F|_F", source: HERE, value: duality },
  { measure: "selfDuality", formula: "|W' / |W|_F - M / |M|_F|_F^2",
    source: PAPYAN, value: (geometry) => duality(geometry) ** 2 },
  { measure: "selfDuality", formula: "|W' / |W|_F - M / |M|_F|_F^2",
    source: ORIGINAL, value: (geometry) => duality(geometry) ** 2 },
  { measure: "selfDuality", formula: `|W' / |W|_F - M / |M|_F|_F, ${ABOUT_EXAMPLES}`,
    source: HERE, value: ({ presentWeights, globalMeans, dim }) => selfDuality(presentWeights, globalMeans, dim) },
  { measure: "selfDuality", formula: `|G / |G|_F - (I - 11' / C) / sqrt(C - 1)|_F, G = W M, ${ABOUT_EXAMPLES}`,
    source: ZHU, value: ({ presentWeights, globalMeans, dim }) => simplexDuality(presentWeights, globalMeans, dim) },
];

/**
 * Values of the formulas of published code on the same features: they differ by constant factors, by
 * a square, by which standard deviation and which mean they take, and call different things by one
 * name. The first line of each measure is this project's; numbers of a paper compare with the line
 * that has its formula.
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
