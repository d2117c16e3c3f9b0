import { checkClassifier, type Classifier } from "./classifier";
import { centeredClassMeans, type Center, type ClassStatistics } from "./classStatistics";
import { equiangularity, maximalAngle } from "./equiangularity";
import { equinorm } from "./equinorm";
import { selfDuality } from "./selfDuality";
import { centeredRows, simplexDistance, simplexDuality } from "./simplexDistance";
import { whereDefined } from "./undefinedMeasure";
import { rowCount } from "../../numerics/vectors";
import { covarianceTraceRatio, withinClassVariability } from "./withinClassVariability";

/** What one published formula gives where another has been called the same. */
export interface Convention {
  /** The measure under its name here. */
  readonly measure: string;
  /** In plain text, with the symbols of {@link collapseReport}. */
  readonly formula: string;
  /** Where the formula is used. */
  readonly source: string;
  /** null where it is not defined. */
  readonly value: number | null;
}

const here = "tdnc";
const papyan = "Papyan, Han, Donoho 2020, their notebook";
const original = "the original, model_analysis.py";
const zhu = "Zhu et al. 2021, https://arxiv.org/abs/2105.02375, validate_NC.py";
const about: Record<Center, string> = {
  meanOfClassMeans: "mu_G the mean of the class means",
  globalMean: "mu_G the mean of the examples",
};

/**
 * What the formulas of published code give on the same features: they differ by constant factors, by
 * a square, by which standard deviation and which mean they take, and call different things by one
 * name. The first line of each measure is this project's; numbers of a paper compare with the line
 * that has its formula.
 *
 * @throws {RangeError} If there are fewer than 2 classes, or the classifier has another shape than
 *   the class means or a value that is not finite.
 */
export function compareConventions(
  statistics: ClassStatistics,
  classifier: Classifier,
): Convention[] {
  checkClassifier(classifier, statistics);
  rowCount(statistics.classMeans, statistics.dim);
  return [
    ...variability(statistics),
    ...norms(statistics, classifier),
    ...angles(statistics, classifier),
    ...duality(statistics, classifier),
  ];
}

function convention(
  measure: string,
  formula: string,
  source: string,
  value: () => number | null,
): Convention {
  return { measure, formula, source, value: whereDefined(value) };
}

function variability(statistics: ClassStatistics): Convention[] {
  const { classCount } = statistics;
  const ours = () => withinClassVariability(statistics);
  // prettier-ignore
  return [
    convention("withinClassVariability", `tr(S_W S_B^+) / C, ${about.meanOfClassMeans}`, here, ours),
    convention("withinClassVariability", `tr(S_W S_B^+) / C, ${about.globalMean}`, zhu, () => withinClassVariability(statistics, "globalMean")),
    convention("withinClassVariability", "tr(S_W S_B^+), not divided by C", papyan, () => classCount * ours()),
    convention("withinClassVariability", "tr(S_W S_B^+) / (2 C): its S_W divides by the examples counted twice", original, () => ours() / 2),
    convention("covarianceTraceRatio", `tr S_W / tr S_B, ${about.meanOfClassMeans}`, here, () => covarianceTraceRatio(statistics)),
    convention("covarianceTraceRatio", `tr S_W / tr S_B, ${about.globalMean}`, here, () => covarianceTraceRatio(statistics, "globalMean")),
  ];
}

function norms(statistics: ClassStatistics, { weights }: Classifier): Convention[] {
  const { dim, classCount } = statistics;
  const means = centeredClassMeans(statistics);
  const globalMeans = centeredClassMeans(statistics, "globalMean");
  const toSample = Math.sqrt(classCount / (classCount - 1));
  const formula = "std / mean of |mu_c - mu_G|";
  // prettier-ignore
  return [
    convention("meansEquinorm", `population ${formula}`, here, () => equinorm(means, dim)),
    convention("meansEquinorm", `sample ${formula}`, papyan, () => toSample * equinorm(means, dim)),
    convention("meansEquinorm", `sample ${formula}, called "distance to equiangularity"`, original, () => toSample * equinorm(means, dim)),
    convention("meansEquinorm", `population ${formula}, ${about.globalMean}`, here, () => equinorm(globalMeans, dim)),
    convention("classifierEquinorm", "population std / mean of |w_c|", here, () => equinorm(weights, dim)),
    convention("classifierEquinorm", "sample std / mean of |w_c|", papyan, () => toSample * equinorm(weights, dim)),
  ];
}

function angles(statistics: ClassStatistics, { weights }: Classifier): Convention[] {
  const { dim, classCount } = statistics;
  const means = centeredClassMeans(statistics);
  const globalMeans = centeredClassMeans(statistics, "globalMean");
  const pairs = (classCount * (classCount - 1)) / 2;
  const cosines = "cos(mu_c - mu_G, mu_c' - mu_G)";
  const sample = () =>
    pairs < 2 ? null : Math.sqrt(pairs / (pairs - 1)) * equiangularity(means, dim);
  // prettier-ignore
  return [
    convention("meansEquiangularity", `population std over pairs of ${cosines}`, here, () => equiangularity(means, dim)),
    convention("meansEquiangularity", `sample std over pairs of ${cosines}`, "the default of torch.std", sample),
    convention("meansMaximalAngle", `mean over pairs of |${cosines} + 1 / (C - 1)|`, here, () => maximalAngle(means, dim)),
    convention("meansMaximalAngle", `the same, ${about.globalMean}`, here, () => maximalAngle(globalMeans, dim)),
    convention("classifierSimplexDistance", "|G / |G|_F - (I - 11' / C) / sqrt(C - 1)|_F, G = VV', V = W less its mean row", here, () => simplexDistance(centeredRows(weights, dim), dim)),
    convention("classifierSimplexDistance", "the same with G = WW'", zhu, () => simplexDistance(weights, dim)),
  ];
}

function duality(statistics: ClassStatistics, { weights }: Classifier): Convention[] {
  const { dim } = statistics;
  const means = centeredClassMeans(statistics);
  const globalMeans = centeredClassMeans(statistics, "globalMean");
  const ours = () => selfDuality(weights, means, dim);
  // prettier-ignore
  return [
    convention("selfDuality", "|W' / |W|_F - M / |M|_F|_F", here, ours),
    convention("selfDuality", "|W' / |W|_F - M / |M|_F|_F^2", papyan, () => ours() ** 2),
    convention("selfDuality", "|W' / |W|_F - M / |M|_F|_F^2", original, () => ours() ** 2),
    convention("selfDuality", `|W' / |W|_F - M / |M|_F|_F, ${about.globalMean}`, here, () => selfDuality(weights, globalMeans, dim)),
    convention("selfDuality", `|G / |G|_F - (I - 11' / C) / sqrt(C - 1)|_F, G = W M, ${about.globalMean}`, zhu, () => simplexDuality(weights, globalMeans, dim)),
  ];
}
