import type { Classifier } from "../../metrics/collapse/classifier";
import type { ClassStatistics } from "../../metrics/collapse/classStatistics";
import { collapseReport } from "../../metrics/collapse/collapseReport";
import { compareConventions } from "../../metrics/collapse/compareConventions";
import { normSummary } from "../../metrics/collapse/norms";
import type { ImageSet, TrainingData } from "../../data/imageSet";
import type { Network } from "../../model/network";
import { classSample } from "./classSample";
import {
  connectivityRows,
  connectivityScales,
  type ConnectivitySettings,
} from "./connectivityRows";
import {
  classifierOf,
  featureStatistics,
  networkOutputs,
  setMeasures,
  type Outputs,
} from "./outputs";
import { row, type MeasuredSet, type MeasureRow } from "./measureRow";
import { robustnessRows } from "./robustnessRows";
import { decisionRows, deathTimeRows, mergingRows, unionDeathTimeRows } from "./topologyRows";

/** What is measured, and how. */
export interface MeasureOptions {
  /** Of the run: its metric, the size of its sub-batches, its beta. */
  readonly config: ConnectivitySettings["config"];
  /** Of the sub-batches that are drawn for c_beta; 0 unless given. */
  readonly seed?: number;
  /** Sub-batches a class for c_beta; 1000 unless given. */
  readonly draws?: number;
  /** Images of other things, for NC5, normalised as the training set; labels are not looked at. */
  readonly outOfDistribution?: ImageSet;
  /** Whether the formulas of published code are compared ({@link compareConventions}). */
  readonly conventions?: boolean;
  /** How many test images are moved until they are classified wrongly; 0 unless given. */
  readonly robustness?: number;
}

/**
 * All measures of a trained network in evaluation mode, on its training and its test set: accuracy,
 * neural collapse, topology, and what the options ask for. The same arguments give the same rows.
 *
 * NC1 to NC3 of a set are those of its own class means; NC4 and the margins go by the training set's.
 *
 * @returns Rows by set, then by section. A name is there once a class, or once for all, or both; the
 *   conventions of one measure share its name and differ in the formula.
 * @throws {RangeError} If a class has no example in a set, a feature is not finite, or an option is
 *   not as said.
 */
export async function measureRun(
  network: Network,
  data: TrainingData,
  { config, seed = 0, draws = 1000, ...options }: MeasureOptions,
): Promise<MeasureRow[]> {
  const { train, test, validation } = data;
  const { normalization } = train;
  const { outOfDistribution: other, robustness = 0 } = options;
  const outputs = {
    train: await networkOutputs(network, train),
    test: await networkOutputs(network, test),
    validation: validation && (await networkOutputs(network, validation)),
    other: other && (await networkOutputs(network, { ...other, normalization })),
  };
  const measured = {
    classifier: await classifierOf(network),
    trainStatistics: featureStatistics(train, outputs.train),
    outOfDistributionFeatures: outputs.other?.features,
    conventions: options.conventions === true,
  };
  const [trained, tested] = [classSample(train, outputs.train), classSample(test, outputs.test)];
  const settings = { config, seed, draws };
  const scales = connectivityScales(trained, settings);
  const topology = (set: "train" | "test") => {
    const sample = set === "train" ? trained : tested;
    return [
      ...deathTimeRows(set, sample, config.metric),
      ...mergingRows(set, sample, config.metric),
      ...connectivityRows(set, sample, scales, settings),
      ...decisionRows(set, outputs[set].logits, sample),
    ];
  };
  return [
    ...collapseRows("train", train, outputs.train, measured),
    ...topology("train"),
    ...collapseRows("test", test, outputs.test, measured),
    ...topology("test"),
    ...(robustness === 0
      ? []
      : await robustnessRows(network, test, outputs.test.logits, robustness)),
    ...unionDeathTimeRows(trained, tested, config.metric),
    ...(validation && outputs.validation
      ? accuracyRows("validation", validation, outputs.validation, measured.trainStatistics)
      : []),
    ...(outputs.other ? otherRows(outputs.other, network.featureCount) : []),
  ];
}

/** What the rows of every set are made from. */
interface Measured {
  readonly classifier: Classifier;
  readonly trainStatistics: ClassStatistics;
  readonly outOfDistributionFeatures?: Float32Array;
  readonly conventions: boolean;
}

/** Accuracy and NC1 to NC5 of a set, with spectra, norms and margins, and the conventions. */
function collapseRows(
  set: MeasuredSet,
  images: ImageSet,
  outputs: Outputs,
  { classifier, conventions, ...options }: Measured,
): MeasureRow[] {
  const report = collapseReport(outputs.features, images.labels, classifier, options);
  const compared = conventions
    ? compareConventions(featureStatistics(images, outputs), classifier)
    : [];
  return [
    ...accuracyRows(set, images, outputs, options.trainStatistics),
    ...report.map(({ section, name, formula, value }) => row(set, section, name, formula, value)),
    ...compared.map(({ measure, formula, source, value }) =>
      row(set, "conventions", measure, `${formula} (${source})`, value),
    ),
  ];
}

function accuracyRows(
  set: MeasuredSet,
  images: ImageSet,
  outputs: Outputs,
  trainStatistics: ClassStatistics,
): MeasureRow[] {
  const { accuracy, crossEntropy } = setMeasures(images, outputs, trainStatistics);
  const logits = "z = W h + b, y the label";
  // prettier-ignore
  return [
    row(set, "accuracy", "examples", "images of the set", images.labels.length),
    row(set, "accuracy", "accuracy", `share of examples with arg max of z = y, ${logits}`, accuracy),
    row(set, "accuracy", "crossEntropy", `mean of log(sum over c of exp z_c) - z_y in nats, ${logits}`, crossEntropy),
  ];
}

/** How many images of other things there are, and how large their features. */
function otherRows({ features }: Outputs, dim: number): MeasureRow[] {
  const set = "out of distribution";
  const { count, mean, sampleStd } = normSummary(features, dim);
  return [
    row(set, "norms", "examples", "images of the set", count),
    row(set, "norms", "featureNormMean", "mean of |h|", mean),
    row(set, "norms", "featureNormSampleStd", "sampleStd of |h|", sampleStd),
  ];
}
