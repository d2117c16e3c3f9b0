import type { FeatureSet, LinearLayer } from "../../data/featureSet";
import { MEASURES } from "../../metrics/collapse/catalogue";
import { meanFeature } from "../../metrics/collapse/classStatistics";
import {
  collapseReportOf,
  measured,
  type ReportEntry,
} from "../../metrics/collapse/collapseReport";
import { compareConventions } from "../../metrics/collapse/compareConventions";
import { geometryOf, type Geometry } from "../../metrics/collapse/geometry";
import type { Metric } from "../../metrics/topology/metric";
import { Random } from "../../numerics/random";
import type { Numbers, RowArray } from "../../numerics/rowArray";
import { classMeasureRows, detectionRows } from "./behaviorRows";
import { checkDim, checkedClassifier, checkLabels, checkTest, classCountOf } from "./featureChecks";
import { classSample, readRows, sampleRows, type ClassSample } from "./classSample";
import { connectivityRows, quantileScale, type Scale } from "./connectivityRows";
import { batchRows, featureBatches, featureMatrices, type FeatureMatrices } from "./featureBatches";
import { row, type MeasuredSet, type MeasureRow } from "./measureRow";
import { deathTimeRows, decisionRows, mergingRows, unionDeathTimeRows } from "./topologyRows";

/** Features of any network, and options for measuring them. */
export interface MeasuredFeatures extends FeatureSet, LinearLayer {
  /** Examples that the network was not trained on. */
  readonly test?: FeatureSet;
  /** Out-of-distribution features, for NC5 and for the detection scores. */
  readonly outOfDistribution?: Omit<FeatureSet, "labels">;
  /** Names of the classes, one for each. */
  readonly classNames?: readonly string[];
  /** Distance between features for death times; L2 by default. */
  readonly metric?: Metric;
  /** Examples per sub-batch for c_beta; 16 by default. */
  readonly subBatchSize?: number;
  /** Scale for c_beta, in addition to the quantile of death times. */
  readonly beta?: number;
  /** Sub-batches per class for c_beta; 1000 by default. */
  readonly draws?: number;
  /** Seed of the sub-batches and samples; 0 by default. */
  readonly seed?: number;
  /**
   * Largest number of examples per set for topology; larger sets are sampled, equally from each
   * class. 10,000 by default; 0 skips topology.
   */
  readonly topologyExamples?: number;
  /** Whether the formulas of published code are compared ({@link compareConventions}). */
  readonly conventions?: boolean;
  /**
   * Called while features are read, with a `stage` such as "train, pass 1", and between classes.
   */
  readonly onProgress?: (stage: string, done: number, total: number) => void;
}

/** Measured set. */
export interface EvaluatedFeatures {
  readonly set: "train" | "test";
  readonly matrices: FeatureMatrices;
  readonly geometry: Geometry;
  /** Examples that topology is measured on; undefined without topology. */
  readonly sample?: TopologySample;
}

/** Sample of a set, and a note on how it was drawn. */
export interface TopologySample extends ClassSample {
  /** Note for formulas; empty if the sample is the whole set. */
  readonly note: string;
  /** Sample for the least scales between classes. */
  readonly merging: ClassSample & { readonly note: string };
}

/** Rows of the measures, by set. */
export interface FeatureRows {
  readonly train: readonly MeasureRow[];
  readonly test: readonly MeasureRow[];
  readonly union: readonly MeasureRow[];
  readonly outOfDistribution: readonly MeasureRow[];
}

const DEFAULTS = { metric: "L2", subBatchSize: 16, draws: 1000, seed: 0 } as const;
const TOPOLOGY_EXAMPLES = 10_000;
/** Smallest number of examples of a class in a sample, in sub-batches. */
const LEAST_SUB_BATCHES = 4;

/**
 * All measures of the features of any network: accuracy, neural collapse, topology.
 *
 * ```ts
 * const rows = measureFeatures({ ...(await readFeatures("train.npz")), test: ... });
 * ```
 *
 * NC1 to NC3 of a set use its own class means; NC4 and the margins use those of the training set.
 * Measures whose inputs (such as weights or a bias) are missing are null, with the reason. Features
 * may be the rows of a file that is larger than memory. The same arguments give the same rows.
 *
 * @returns Rows by set, then by section, as of `measureRun`.
 * @throws {RangeError} If lengths disagree, a label is not a class index, a class has no example in
 *   the training set, or a value is not finite: the message names the array, the place and the
 *   value.
 */
export function measureFeatures(input: MeasuredFeatures): MeasureRow[] {
  return namedRows(evaluateFeatures(input), input);
}

/** Rows of all evaluated sets, with the names of classes. */
export function namedRows(evaluated: Evaluated, input: MeasuredFeatures): MeasureRow[] {
  const { train, test, union, outOfDistribution } = featureRows(evaluated, input);
  const rows = [...train, ...test, ...union, ...outOfDistribution];
  const { classNames: names } = input;
  return names === undefined
    ? rows
    : rows.map((one) => (one.class === null ? one : { ...one, className: names[one.class] }));
}

/**
 * Checked sets of features; measures are computed on first use.
 *
 * @throws {RangeError} As {@link measureFeatures}.
 */
export function evaluateFeatures(input: MeasuredFeatures) {
  const train = featureMatrices(input);
  const test = input.test && featureMatrices(input.test);
  const classCount = classCountOf(input, train);
  checkLabels(train, classCount, true);
  if (test) checkTest(test, train, classCount);
  const classifier = checkedClassifier(input, train);
  const other = input.outOfDistribution && otherMatrices(input.outOfDistribution, train);
  const shared = {
    classifier,
    shape: { dim: train.features.size, classCount },
    outOfDistributionMean: other && otherMean(other),
  };
  const evaluated = (
    set: "train" | "test",
    matrices: FeatureMatrices,
    trainStatistics?: Geometry["statistics"],
  ): EvaluatedFeatures => {
    let pass = 0;
    const progress = (done: number, total: number) => {
      input.onProgress?.(`${set}, pass ${pass + 1}`, done, total);
      if (done === total) pass++;
    };
    const examples = featureBatches(matrices, progress);
    const { precision } = matrices.features;
    const geometry = geometryOf({ ...shared, examples, precision, trainStatistics });
    return { set, matrices, geometry, sample: topologySample(set, matrices, classCount, input) };
  };
  const trained = evaluated("train", train);
  const { statistics: trainStatistics } = trained.geometry;
  return {
    train: trained,
    test: test && evaluated("test", test, trainStatistics),
    outOfDistribution:
      other && geometryOf({ ...shared, examples: featureBatches(other), trainStatistics }),
    classCount,
  };
}

type Evaluated = ReturnType<typeof evaluateFeatures>;

/** Rows of evaluated sets. */
export function featureRows(
  evaluated: Evaluated,
  input: Omit<MeasuredFeatures, "features" | "labels"> & { readonly scale?: Scale },
): FeatureRows {
  const { train, test } = evaluated;
  const { conventions = false, beta, metric = DEFAULTS.metric, onProgress } = input;
  const { subBatchSize = DEFAULTS.subBatchSize, draws = DEFAULTS.draws } = input;
  const settings = { metric, subBatchSize, draws, seed: input.seed ?? DEFAULTS.seed };
  const formula = "the given scale";
  const scale =
    input.scale ?? (beta === undefined ? [] : { name: "givenBeta" as const, formula, beta });
  const scales = train.sample
    ? [scale, quantileScale(train.sample, settings)].flat()
    : [scale].flat();
  const rowsOf = ({ set, geometry, sample }: EvaluatedFeatures): MeasureRow[] => {
    const collapse = [
      ...accuracyRows(set, geometry),
      ...entryRows(set, collapseReportOf(geometry)),
      ...classMeasureRows(set, geometry),
    ];
    if (conventions) collapse.push(...conventionRows(set, geometry));
    if (sample === undefined) return [...collapse, ...decisionRows(set, geometry)];
    const progress = (done: number, total: number) => onProgress?.(`${set}, topology`, done, total);
    return [
      ...collapse,
      ...noted(deathTimeRows(set, sample, metric), sample.note),
      ...noted(mergingRows(set, sample.merging, metric), sample.merging.note),
      ...noted(connectivityRows(set, sample, scales, settings, progress), sample.note),
      ...decisionRows(set, geometry),
    ];
  };
  return {
    train: rowsOf(train),
    test: test ? rowsOf(test) : [],
    union: unionRows(train.sample, test?.sample, metric),
    outOfDistribution: otherRows(evaluated),
  };
}

function unionRows(
  train: TopologySample | undefined,
  test: TopologySample | undefined,
  metric: Metric,
): MeasureRow[] {
  if (!train || !test) return [];
  const notes = [train.note && `training${train.note}`, test.note && `test${test.note}`];
  return noted(unionDeathTimeRows(train, test, metric), notes.filter(Boolean).join("; "));
}

/** Note at the end of each formula. */
const noted = (rows: MeasureRow[], note: string) =>
  note === "" ? rows : rows.map((one) => ({ ...one, formula: `${one.formula}; ${note.trim()}` }));

/** Examples that topology is measured on: the set, or a sample of it. */
function topologySample(
  set: MeasuredSet,
  { features, labels }: FeatureMatrices,
  classCount: number,
  { topologyExamples: count = TOPOLOGY_EXAMPLES, ...input }: MeasuredFeatures,
): TopologySample | undefined {
  if (count === 0) return undefined;
  const { seed = DEFAULTS.seed, subBatchSize = DEFAULTS.subBatchSize } = input;
  const drawn = (least: number) => {
    const random = new Random(seed, `measure/sample/${set}`);
    const { rows, perClass } = sampleRows(labels, { count, least, random });
    const own = { labels: Int32Array.from(rows, (n) => labels[n]), classCount };
    const sample = classSample(own, { features: rowsOf(features, rows) });
    const note =
      rows.length === labels.length
        ? ""
        : ` sample of ${rows.length} of ${labels.length} examples, at most ${perClass} of a class`;
    return { ...sample, note };
  };
  const sample = drawn(LEAST_SUB_BATCHES * subBatchSize);
  return { ...sample, merging: sample.labels.length > count ? drawn(1) : sample };
}

/** Selected rows; the array itself if all are selected. */
function rowsOf(features: RowArray, rows: Uint32Array): Numbers {
  return rows.length === features.count
    ? features.rows(0, features.count)
    : readRows(features, rows, batchRows(features));
}

/** Out-of-distribution features; their labels have no meaning. */
function otherMatrices(
  { features, places, ...other }: NonNullable<MeasuredFeatures["outOfDistribution"]>,
  train: FeatureMatrices,
): FeatureMatrices {
  const dim = train.features.size;
  const place = places?.features ?? "out-of-distribution features";
  const count = "rows" in features ? features.count : features.length / dim;
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(
      `${place}: expected rows of ${dim} values, got ${"rows" in features ? 0 : features.length} values`,
    );
  const labels = new Uint8Array(count);
  const own = { ...other, features, labels, places: { ...places, features: place } };
  const matrices = featureMatrices(own);
  checkDim(matrices.features, place, train);
  return matrices;
}

function otherMean(matrices: FeatureMatrices): Float64Array {
  const { size } = matrices.features;
  return meanFeature(featuresOf(featureBatches(matrices)), size);
}

function* featuresOf(batches: ReturnType<typeof featureBatches>) {
  for (const { features } of batches) yield features;
}

export const entryRows = (set: MeasuredSet, entries: readonly ReportEntry[]) =>
  entries.map(({ section, name, formula, value, reason }) =>
    row(set, section, name, formula, value, reason),
  );

function conventionRows(set: MeasuredSet, geometry: Geometry): MeasureRow[] {
  return compareConventions(geometry).map(({ measure, formula, source, value, reason }) =>
    row(set, "conventions", measure, `${formula} (${source})`, value, reason),
  );
}

const ACCURACY_MEASURES = MEASURES.filter(({ section }) => section === "accuracy");

/** Rows for the number of examples, accuracy and cross entropy of a set. */
export function accuracyRows(set: MeasuredSet, geometry: Geometry): MeasureRow[] {
  return [
    row(set, "accuracy", "examples", "examples of the set", geometry.labels.length),
    ...entryRows(set, measured(ACCURACY_MEASURES, geometry)),
  ];
}

/**
 * Rows for out-of-distribution examples: their number, their norms, and how well they are detected.
 */
function otherRows({ train, test, outOfDistribution: other }: Evaluated): MeasureRow[] {
  if (other === undefined) return [];
  const set = "out of distribution";
  const { count, mean, sampleStd } = other.featureNorms;
  return [
    row(set, "norms", "examples", "examples of the set", count),
    row(set, "norms", "featureNormMean", "mean of |h|", mean),
    row(set, "norms", "featureNormSampleStd", "sampleStd of |h|", sampleStd),
    ...detectionRows(train.geometry, test?.geometry, other),
  ];
}
