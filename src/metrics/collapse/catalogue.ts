import { BIN_COUNT, expectedCalibrationError } from "../behavior/calibration";
import { definedTemperature, scaledOf } from "../behavior/temperature";
import { alignment, alignmentVariance, dotProductVariance } from "./alignment";
import { biasCollapse } from "./biasCollapse";
import { classDistanceNormalizedVariance } from "./classDistanceNormalizedVariance";
import { biasSum, classifierSum } from "./classifierSum";
import { mean } from "../../statistics/summary";
import { effectiveRank } from "./effectiveRank";
import { equiangularity, maximalAngle, signedMaximalAngle } from "./equiangularity";
import { equinorm, logEquinorm } from "./equinorm";
import type { Geometry } from "./geometry";
import {
  hypersphericalUniformity,
  hypersphericalUniformityExcess,
  hypersphericalUniformityVariation,
  logInverseDistance,
  rieszKernel,
} from "./hypersphericalUniformity";
import {
  differingCount,
  nearestClassCenterAccuracy,
  nearestClassCenterMismatch,
} from "./nearestClassCenter";
import { oleLoss } from "./oleLoss";
import { outOfDistributionOrthogonality } from "./outOfDistributionOrthogonality";
import { selfDuality } from "./selfDuality";
import { centeredRows, simplexDistance } from "./simplexDistance";
import { frobeniusStableRank, traceStableRank, withinClassRank } from "./spectra";
import { variabilityCollapseIndex } from "./variabilityCollapseIndex";
import { covarianceTraceRatio, withinClassVariability } from "./withinClassVariability";

/** A measure of a set's features and the classifier on top of them: one row of the catalogue. */
export interface Measure {
  /** NC0 to NC5 of the literature, or another subject of the measure. */
  readonly section:
    | "accuracy"
    | "NC0"
    | "NC1"
    | "NC2"
    | "NC3"
    | "NC4"
    | "NC5"
    | "spectra"
    | "norms"
    | "margins"
    | "calibration";
  /** Its name in records, reports, tables and CSV. */
  readonly name: string;
  /** Its name in figures and pages. */
  readonly title: string;
  /** In plain text, with the symbols of {@link MEASURES}. */
  readonly formula: string;
  /** The publication that defines it. */
  readonly source?: string;
  /** Whether a collapsed network has the value 0. */
  readonly zeroIsCollapsed: boolean;
  /** Whether the record of every measured epoch holds it: of the training set, or of every set. */
  readonly everyEpoch: "never" | "train" | "every set";
  /** How pages draw it against the epochs; a measure without a curve has no figure of its own. */
  readonly curve?: MeasureCurve;
  /** The value; null or an `UndefinedMeasureError` that says why where it has none. */
  readonly value: (geometry: Geometry) => number | null;
}

/** Figure of a measure against the epochs. */
export interface MeasureCurve {
  /** For a file or an address: lower case, with hyphens. */
  readonly name: string;
  /** The axis; "linear" by default. */
  readonly scale?: "log";
  /** Title of the axis; the measure's formula by default. */
  readonly axis?: string;
  /** Whether a share is drawn as a percentage. */
  readonly percent?: true;
  /** Name of a second measure, drawn dotted. */
  readonly dotted?: string;
  /** Name of the dotted lines, for the subtitle. */
  readonly dottedName?: string;
  /** The sets it differs for; both by default. */
  readonly sets?: readonly "train"[];
  /** Sentence on how to read the curve. */
  readonly sentence: string;
}

const PAPYAN = "Papyan, Han, Donoho 2020, https://arxiv.org/abs/2008.08186";
const ZHU = "Zhu et al. 2021, https://arxiv.org/abs/2105.02375";
const LIU = "Liu et al. 2023, https://arxiv.org/abs/2303.06484";
const ZHAO = "Zhao et al. 2026, https://arxiv.org/abs/2602.16642";
const GALANTI = "Galanti, Gy\u00f6rgy, Hutter 2022, https://arxiv.org/abs/2112.15121";
const XU = "Xu, Liu 2023, https://arxiv.org/abs/2306.03440";
const AMMAR = "Ammar et al. 2024 (NECO), https://arxiv.org/abs/2310.06823";
const WU = "Wu, Papyan 2024, https://arxiv.org/abs/2405.17767";
const ROY = "Roy, Vetterli 2007, https://ieeexplore.ieee.org/document/7098875";
const LEZAMA = "Lezama et al. 2018, https://arxiv.org/abs/1712.01727";
const GUO = "Guo et al. 2017, https://arxiv.org/abs/1706.04599";
const RUDELSON = "Rudelson, Vershynin 2007, https://doi.org/10.1145/1255443.1255449";

const LOGITS = "z = W h + b, y the label";
const COSINES = "cos(mu_c - mu_G, mu_c' - mu_G)";
const DIRECTIONS = "u_c = (mu_c - mu_G) / |mu_c - mu_G|";
const LOG_ENERGY = `mean over pairs of -log |u_c - u_c'|, ${DIRECTIONS}`;
const RIESZ_ENERGY = `mean over pairs of 1 / |u_c - u_c'|, ${DIRECTIONS}`;
const SIMPLEX_DISTANCE = "sqrt(2 C / (C - 1))";
const NEAREST = "arg min over c of |h - mu_c|";
const LOGIT_MARGIN = "w_y h + b_y - max over c != y of w_c h + b_c";
const CROSS_FITTED =
  "examples of even index at the T fitted on those of odd index, and the other way";
const COSINE_MARGIN = "cos(w_y, h - mu_G) - max over c != y of cos(w_c, h - mu_G)";

/**
 * All measures, one row each. Records, reports, tables, figures, pages and CSV read this table, in
 * this order. To add a measure, write its function and add its row.
 *
 * The symbols: C classes, features h of dimension p, class means mu_c, mu_G the mean that
 * `Geometry.center` names, v_c the mean squared distance of class c to mu_c, S_W and S_B the
 * within- and between-class covariance, S_T the total one, M = [mu_c - mu_G], W and b the
 * classifier with rows w_c, std the population and sampleStd the sample standard deviation. NC1 to
 * NC3 of a set use its own class means; NC4 and the margins use those of the training set.
 */
// prettier-ignore
export const MEASURES = [
  { section: "accuracy", name: "accuracy", title: "Accuracy",
    formula: `share of examples with arg max of z = y, ${LOGITS}`, zeroIsCollapsed: false, everyEpoch: "every set",
    value: ({ predicted, labels }) => (labels.length - differingCount(predicted, labels)) / labels.length },
  { section: "accuracy", name: "crossEntropy", title: "Cross entropy",
    formula: `mean of log(sum over c of exp z_c) - z_y in nats, ${LOGITS}`, zeroIsCollapsed: false,
    everyEpoch: "every set", value: ({ crossEntropies }) => mean(crossEntropies) },
  { section: "NC0", name: "classifierSum", title: "NC0, sum of the classifiers",
    formula: "|sum over c of w_c| / |W|_F", source: ZHAO, zeroIsCollapsed: true, everyEpoch: "train",
    value: ({ classifier, dim }) => classifierSum(classifier, dim),
    curve: { name: "nc0", dotted: "biasSum", dottedName: "biases", sets: ["train"],
      sentence: "0 means that the classifier's rows sum to zero, as weight decay makes them under cross entropy." } },
  { section: "NC0", name: "biasSum", title: "NC0, sum of the biases", formula: "|sum over c of b_c| / |W|_F",
    source: ZHAO, zeroIsCollapsed: true, everyEpoch: "train", value: ({ classifier }) => biasSum(classifier) },
  { section: "NC1", name: "withinClassVariability", title: "NC1, within-class variability",
    formula: "tr(S_W S_B^+) / C", source: PAPYAN, zeroIsCollapsed: true, everyEpoch: "train",
    value: ({ statistics, means, meanDirections }) => withinClassVariability(statistics, means, meanDirections),
    curve: { name: "nc1", scale: "log",
      sentence: "0 means that the features of a class have collapsed to their mean; the lower a line, the further its network has come." } },
  { section: "NC1", name: "covarianceTraceRatio", title: "Covariance trace ratio", formula: "tr S_W / tr S_B",
    zeroIsCollapsed: true, everyEpoch: "train",
    value: ({ statistics, means }) => covarianceTraceRatio(statistics, means) },
  { section: "NC1", name: "classDistanceNormalizedVariance", title: "Class-distance normalized variance",
    formula: "mean over c != c' of (v_c + v_c') / (2 |mu_c - mu_c'|^2)", source: GALANTI, zeroIsCollapsed: true,
    everyEpoch: "never", value: ({ statistics, means }) => classDistanceNormalizedVariance(statistics, means) },
  { section: "NC1", name: "sampleClassDistanceNormalizedVariance",
    title: "Class-distance normalized variance of the sample",
    formula: "mean over c != c' of (v_c + v_c') / (2 |mu_c - mu_c'|^2), v_c divided by n_c - 1, n_c examples of the class", source: WU,
    zeroIsCollapsed: true, everyEpoch: "never",
    value: ({ statistics, means }) => classDistanceNormalizedVariance(statistics, means, { sample: true }) },
  { section: "NC1", name: "squaredClassDistanceNormalizedVariance",
    title: "Class-distance normalized variance, distance exponent 2",
    formula: "mean over c != c' of (v_c + v_c') / (2 |mu_c - mu_c'|^4)", source: WU, zeroIsCollapsed: true,
    everyEpoch: "never",
    value: ({ statistics, means }) => classDistanceNormalizedVariance(statistics, means, { exponent: 2 }) },
  { section: "NC1", name: "variabilityCollapseIndex", title: "Variability collapse index",
    formula: "1 - tr(S_T^+ S_B) / min(p, C - 1), S_B with classes weighted by their examples", source: XU,
    zeroIsCollapsed: true, everyEpoch: "never",
    value: ({ statistics, globalMeans }) => variabilityCollapseIndex(statistics, globalMeans) },
  { section: "NC2", name: "meansEquinorm", title: "Equinorm", formula: "std / mean of |mu_c - mu_G|",
    source: PAPYAN, zeroIsCollapsed: true, everyEpoch: "train", value: ({ means, dim }) => equinorm(means, dim),
    curve: { name: "equinorm", axis: "std / mean of the norms", dotted: "classifierEquinorm",
      dottedName: "classifiers",
      sentence: "0 means that all class means (dotted: all classifiers) are equally long." } },
  { section: "NC2", name: "meansLogEquinorm", title: "Equinorm of logarithms",
    formula: "std / |mean| of log |mu_c - mu_G|", source: WU, zeroIsCollapsed: true, everyEpoch: "never",
    value: ({ means, dim }) => logEquinorm(means, dim) },
  { section: "NC2", name: "classifierEquinorm", title: "Equinorm of the classifiers",
    formula: "std / mean of |w_c|", source: PAPYAN, zeroIsCollapsed: true, everyEpoch: "train",
    value: ({ classifier, dim }) => equinorm(classifier.weights, dim) },
  { section: "NC2", name: "meansEquiangularity", title: "Equiangularity", formula: `std over pairs of ${COSINES}`,
    source: PAPYAN, zeroIsCollapsed: true, everyEpoch: "train",
    value: ({ means, dim }) => equiangularity(means, dim),
    curve: { name: "equiangularity", axis: "std of the cosines", dotted: "classifierEquiangularity",
      dottedName: "classifiers", sentence: "0 means that all pairs of classes are at the same angle." } },
  { section: "NC2", name: "classifierEquiangularity", title: "Equiangularity of the classifiers",
    formula: "std over pairs of cos(w_c, w_c')", source: PAPYAN, zeroIsCollapsed: true, everyEpoch: "train",
    value: ({ classifier, dim }) => equiangularity(classifier.weights, dim) },
  { section: "NC2", name: "meansMaximalAngle", title: "Maximal angle",
    formula: `mean over pairs of |${COSINES} + 1 / (C - 1)|`, source: PAPYAN, zeroIsCollapsed: true,
    everyEpoch: "train", value: ({ means, dim }) => maximalAngle(means, dim),
    curve: { name: "maximal-angle", axis: "mean |cos + 1 / (C - 1)|", dotted: "classifierMaximalAngle",
      dottedName: "classifiers",
      sentence: "0 means that this angle is the largest possible, that of a simplex ETF." } },
  { section: "NC2", name: "meansSignedMaximalAngle", title: "Maximal angle with its sign",
    formula: `mean over pairs of ${COSINES} + 1 / (C - 1)`, source: WU, zeroIsCollapsed: true,
    everyEpoch: "never", value: ({ means, dim }) => signedMaximalAngle(means, dim) },
  { section: "NC2", name: "classifierMaximalAngle", title: "Maximal angle of the classifiers",
    formula: "mean over pairs of |cos(w_c, w_c') + 1 / (C - 1)|", source: PAPYAN, zeroIsCollapsed: true,
    everyEpoch: "train", value: ({ classifier, dim }) => maximalAngle(classifier.weights, dim) },
  { section: "NC2", name: "meansSimplexDistance", title: "Distance to the simplex ETF",
    formula: "|G / |G|_F - (I - 11' / C) / sqrt(C - 1)|_F, G = M'M", source: ZHU, zeroIsCollapsed: true,
    everyEpoch: "never", value: ({ means, dim }) => simplexDistance(means, dim) },
  { section: "NC2", name: "classifierSimplexDistance", title: "Distance of the classifiers to the simplex ETF",
    formula: "the same with G = VV', V = W less its mean row", source: ZHU, zeroIsCollapsed: true,
    everyEpoch: "never", value: ({ classifier, dim }) => simplexDistance(centeredRows(classifier.weights, dim), dim) },
  { section: "NC2", name: "meansLogUniformity", title: "Hyperspherical uniformity, logarithmic",
    formula: `${LOG_ENERGY}`, source: LIU, zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ means, dim }) => hypersphericalUniformity(means, dim, logInverseDistance) },
  { section: "NC2", name: "meansLogUniformityExcess", title: "Logarithmic uniformity less that of a simplex",
    formula: `${LOG_ENERGY}, less -log ${SIMPLEX_DISTANCE}`, source: LIU, zeroIsCollapsed: true,
    everyEpoch: "never", value: ({ means, dim }) => hypersphericalUniformityExcess(means, dim, logInverseDistance) },
  { section: "NC2", name: "meansLogUniformityVariation", title: "Dispersion of the logarithmic uniformity",
    formula: `std / |mean| over pairs of -log |u_c - u_c'|, ${DIRECTIONS}`, source: WU, zeroIsCollapsed: true,
    everyEpoch: "never", value: ({ means, dim }) => hypersphericalUniformityVariation(means, dim, logInverseDistance) },
  { section: "NC2", name: "meansRieszUniformity", title: "Hyperspherical uniformity, Riesz",
    formula: `${RIESZ_ENERGY}`, source: LIU, zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ means, dim }) => hypersphericalUniformity(means, dim, rieszKernel(1)) },
  { section: "NC2", name: "meansRieszUniformityExcess", title: "Riesz uniformity less that of a simplex",
    formula: `${RIESZ_ENERGY}, less 1 / ${SIMPLEX_DISTANCE}`, source: LIU, zeroIsCollapsed: true,
    everyEpoch: "never", value: ({ means, dim }) => hypersphericalUniformityExcess(means, dim, rieszKernel(1)) },
  { section: "NC2", name: "meansRieszUniformityVariation", title: "Dispersion of the Riesz uniformity",
    formula: `std / mean over pairs of 1 / |u_c - u_c'|, ${DIRECTIONS}`, source: WU, zeroIsCollapsed: true,
    everyEpoch: "never", value: ({ means, dim }) => hypersphericalUniformityVariation(means, dim, rieszKernel(1)) },
  { section: "NC3", name: "selfDuality", title: "Self-duality", formula: "|W' / |W|_F - M / |M|_F|_F",
    source: PAPYAN, zeroIsCollapsed: true, everyEpoch: "train",
    value: ({ presentWeights, means, dim }) => selfDuality(presentWeights, means, dim),
    curve: { name: "self-duality", sentence: "0 means that the classifier is the class means, up to a factor." } },
  { section: "NC3", name: "alignment", title: "Alignment", formula: "mean over c of 1 - cos(w_c, mu_c - mu_G)",
    zeroIsCollapsed: true, everyEpoch: "never",
    value: ({ presentWeights, means, dim }) => alignment(presentWeights, means, dim) },
  { section: "NC3", name: "alignmentVariance", title: "Variance of the alignment",
    formula: "std^2 over c of cos(w_c, mu_c - mu_G)", zeroIsCollapsed: true, everyEpoch: "never",
    value: ({ presentWeights, means, dim }) => alignmentVariance(presentWeights, means, dim) },
  { section: "NC3", name: "dotProductVariance", title: "Variance of the dot products",
    formula: "std^2 over c of w_c (mu_c - mu_G)", source: WU, zeroIsCollapsed: true, everyEpoch: "never",
    value: ({ presentWeights, means, dim }) => dotProductVariance(presentWeights, means, dim) },
  { section: "NC4", name: "nearestClassCenterMismatch", title: "Nearest-mean mismatch",
    formula: `share of examples with arg max of W h + b != ${NEAREST}`, source: PAPYAN, zeroIsCollapsed: true,
    everyEpoch: "every set", value: ({ nearest, predicted }) => nearestClassCenterMismatch(nearest, predicted),
    curve: { name: "nearest-class-center", axis: "mismatch (%)", percent: true,
      sentence: "0 means that the network predicts the class whose training mean is nearest." } },
  { section: "NC4", name: "nearestClassCenterAccuracy", title: "Nearest-mean accuracy",
    formula: `share of examples with label = ${NEAREST}`, source: PAPYAN, zeroIsCollapsed: false,
    everyEpoch: "every set", value: ({ nearest, labels }) => nearestClassCenterAccuracy(nearest, labels) },
  { section: "NC4", name: "biasCollapse", title: "Bias collapse", formula: "|W mu_G + b|", source: PAPYAN,
    zeroIsCollapsed: true, everyEpoch: "never",
    value: ({ trainStatistics, classifier, center }) => biasCollapse(trainStatistics, classifier, center) },
  { section: "NC5", name: "outOfDistributionOrthogonality", title: "Out-of-distribution orthogonality",
    formula: "mean over c of |cos(mu_c, mu_ood)|, not centered", source: AMMAR, zeroIsCollapsed: true,
    everyEpoch: "never",
    value: ({ statistics, outOfDistributionMean }) => outOfDistributionOrthogonality(statistics, outOfDistributionMean) },
  { section: "spectra", name: "withinClassRank", title: "Within-class rank",
    formula: "eigenvalues of S_W above p 2.2e-16 of the largest and above the rounding of h", zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ statistics, withinClassEigenvalues }) => withinClassRank(statistics, withinClassEigenvalues) },
  { section: "spectra", name: "withinClassTraceStableRank", title: "Within-class stable rank of the features",
    formula: "tr S_W / |S_W|_2", source: RUDELSON, zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ withinClassEigenvalues }) => traceStableRank(withinClassEigenvalues) },
  { section: "spectra", name: "withinClassFrobeniusStableRank", title: "Within-class stable rank of the covariance",
    formula: "|S_W|_F^2 / |S_W|_2^2", source: RUDELSON, zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ withinClassEigenvalues }) => frobeniusStableRank(withinClassEigenvalues) },
  { section: "spectra", name: "withinClassEffectiveRank", title: "Within-class effective rank",
    formula: `exp of the entropy of the eigenvalues of S_W / tr S_W`, source: ROY, zeroIsCollapsed: false,
    everyEpoch: "never", value: ({ withinClassEigenvalues }) => effectiveRank(withinClassEigenvalues) },
  { section: "spectra", name: "betweenClassRank", title: "Between-class rank",
    formula: "directions in which the mu_c differ by more than the rounding of h", zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ meanDirections }) => meanDirections.rank },
  { section: "spectra", name: "betweenClassTraceStableRank", title: "Between-class stable rank of the features",
    formula: "tr S_B / |S_B|_2", source: RUDELSON, zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ betweenClassEigenvalues }) => traceStableRank(betweenClassEigenvalues) },
  { section: "spectra", name: "betweenClassFrobeniusStableRank",
    title: "Between-class stable rank of the covariance", formula: "|S_B|_F^2 / |S_B|_2^2", source: RUDELSON,
    zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ betweenClassEigenvalues }) => frobeniusStableRank(betweenClassEigenvalues) },
  { section: "spectra", name: "betweenClassEffectiveRank", title: "Between-class effective rank",
    formula: "exp of the entropy of the eigenvalues of S_B / tr S_B", source: ROY, zeroIsCollapsed: false,
    everyEpoch: "never", value: ({ betweenClassEigenvalues }) => effectiveRank(betweenClassEigenvalues) },
  { section: "spectra", name: "totalEffectiveRank", title: "Effective rank of the features",
    formula: "exp of the entropy of the eigenvalues of S_T / tr S_T", source: ROY, zeroIsCollapsed: false,
    everyEpoch: "never", value: ({ totalEigenvalues }) => effectiveRank(totalEigenvalues) },
  { section: "spectra", name: "oleLoss", title: "OLE loss",
    formula: "sum over c of max(1, |X_c|_*) - |X|_*, |X|_* the sum of the singular values of the features, X_c those of class c",
    source: LEZAMA, zeroIsCollapsed: false, everyEpoch: "never", value: ({ nuclearNorms }) => oleLoss(nuclearNorms) },
  { section: "norms", name: "featureNormMean", title: "Mean norm of the features", formula: "mean of |h|",
    zeroIsCollapsed: false, everyEpoch: "never", value: ({ featureNorms }) => featureNorms.mean },
  { section: "norms", name: "featureNormSampleStd", title: "Sample std of the norm of the features",
    formula: "sampleStd of |h|", zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ featureNorms }) => featureNorms.sampleStd },
  { section: "norms", name: "classifierNormMean", title: "Mean norm of the classifiers", formula: "mean of |w_c|",
    zeroIsCollapsed: false, everyEpoch: "never", value: ({ classifierNorms }) => classifierNorms.mean },
  { section: "norms", name: "classifierNormSampleStd", title: "Sample std of the norm of the classifiers",
    formula: "sampleStd of |w_c|", zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ classifierNorms }) => classifierNorms.sampleStd },
  { section: "margins", name: "logitMarginMean", title: "Mean logit margin", formula: `mean of ${LOGIT_MARGIN}`,
    zeroIsCollapsed: false, everyEpoch: "never", value: ({ logitMargins }) => logitMargins.mean },
  { section: "margins", name: "logitMarginSampleStd", title: "Sample std of the logit margin",
    formula: `sampleStd of ${LOGIT_MARGIN}`, zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ logitMargins }) => logitMargins.sampleStd },
  { section: "margins", name: "logitMarginSmallest", title: "Smallest logit margin",
    formula: `smallest ${LOGIT_MARGIN}`, zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ logitMargins }) => logitMargins.smallest },
  { section: "margins", name: "cosineMarginMean", title: "Mean cosine margin", formula: `mean of ${COSINE_MARGIN}`,
    zeroIsCollapsed: false, everyEpoch: "never", value: ({ cosineMargins }) => cosineMargins.mean },
  { section: "margins", name: "cosineMarginSampleStd", title: "Sample std of the cosine margin",
    formula: `sampleStd of ${COSINE_MARGIN}`, zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ cosineMargins }) => cosineMargins.sampleStd },
  { section: "margins", name: "cosineMarginSmallest", title: "Smallest cosine margin",
    formula: `smallest ${COSINE_MARGIN}`, zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ cosineMargins }) => cosineMargins.smallest },
  { section: "calibration", name: "expectedCalibrationError", title: "Expected calibration error",
    formula: `mean over examples of |accuracy - mean confidence| of their bin, ${BIN_COUNT} equal bins of the confidence max over c of softmax(z)_c`,
    source: GUO, zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ reliability }) => expectedCalibrationError(reliability) },
  { section: "calibration", name: "temperature", title: "Temperature",
    formula: "the T > 0 with the least cross entropy of z / T on this set", source: GUO, zeroIsCollapsed: false,
    everyEpoch: "never", value: ({ scaledCalibration: { temperatures } }) => definedTemperature(temperatures.all) },
  { section: "calibration", name: "scaledCalibrationError", title: "Calibration error after temperature scaling",
    formula: `the error of z / T, ${CROSS_FITTED}`, source: GUO, zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ scaledCalibration }) => expectedCalibrationError(scaledOf(scaledCalibration).bins) },
  { section: "calibration", name: "scaledCrossEntropy", title: "Cross entropy after temperature scaling",
    formula: `the cross entropy of z / T, ${CROSS_FITTED}`, source: GUO, zeroIsCollapsed: false, everyEpoch: "never",
    value: ({ scaledCalibration }) => scaledOf(scaledCalibration).crossEntropy },
] as const satisfies readonly Measure[];

type Row = (typeof MEASURES)[number];

/** Names of all measures. */
export type MeasureName = Row["name"];

/** Names of the measures in the record of every measured epoch, by set. */
export type RecordedName<Sets extends "train" | "every set"> = Extract<
  Row,
  { readonly everyEpoch: Sets }
>["name"];

/** The row of a measure; undefined if no measure has that name. */
export function measureNamed(name: string): Measure | undefined {
  return MEASURES.find((measure) => measure.name === name);
}
