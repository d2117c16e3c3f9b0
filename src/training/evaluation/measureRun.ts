import { MEASURES } from "../../metrics/collapse/catalogue";
import { meanFeature } from "../../metrics/collapse/classStatistics";
import {
  collapseReportOf,
  measured,
  type ReportEntry,
} from "../../metrics/collapse/collapseReport";
import { compareConventions } from "../../metrics/collapse/compareConventions";
import { normSummary } from "../../metrics/collapse/norms";
import type { ImageSet, TrainingData } from "../../data/imageSet";
import type { Network } from "../../model/network";
import { layerReport } from "./layerReport";
import { layerRows } from "./layerRows";
import { classSample, type ClassSample } from "./classSample";
import {
  connectivityRows,
  connectivityScales,
  type ConnectivitySettings,
} from "./connectivityRows";
import {
  classifierOf,
  evaluateSet,
  networkOutputs,
  type EvaluatedSet,
  type Outputs,
} from "./outputs";
import { row, type MeasuredSet, type MeasureRow } from "./measureRow";
import { robustnessRows } from "./robustnessRows";
import { decisionRows, deathTimeRows, mergingRows, unionDeathTimeRows } from "./topologyRows";

/** Choice of the measures. */
export interface MeasureOptions {
  /** The run's metric, size of sub-batches and beta. */
  readonly config: ConnectivitySettings["config"];
  /** Seed of the sub-batches drawn for c_beta; 0 unless given. */
  readonly seed?: number;
  /** Sub-batches a class for c_beta; 1000 unless given. */
  readonly draws?: number;
  /** Images of other things, for NC5, normalized as the training set; labels are ignored. */
  readonly outOfDistribution?: ImageSet;
  /** Whether the formulas of published code are compared ({@link compareConventions}). */
  readonly conventions?: boolean;
  /** How many test images are moved until they are classified wrongly; 0 unless given. */
  readonly robustness?: number;
  /** Whether the output of every block is measured, on all images. */
  readonly layers?: boolean;
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
 *   invalid.
 */
export async function measureRun(
  network: Network,
  data: TrainingData,
  { config, seed = 0, draws = 1000, ...options }: MeasureOptions,
): Promise<MeasureRow[]> {
  const { robustness = 0, outOfDistribution: other } = options;
  const sets = await evaluatedSets(network, data, other);
  const { train, test, validation } = sets;
  const [trained, tested] = [train, test].map(({ images, outputs }) =>
    classSample(images, outputs),
  );
  const settings = { config, seed, draws };
  const scales = connectivityScales(trained, settings);
  const rowsOf = (set: "train" | "test", evaluated: EvaluatedSet, sample: ClassSample) => [
    ...collapseRows(set, evaluated),
    ...(options.conventions ? conventionRows(set, evaluated) : []),
    ...deathTimeRows(set, sample, config.metric),
    ...mergingRows(set, sample, config.metric),
    ...connectivityRows(set, sample, scales, settings),
    ...decisionRows(set, evaluated.outputs.logits, sample),
  ];
  return [
    ...rowsOf("train", train, trained),
    ...rowsOf("test", test, tested),
    ...(robustness === 0
      ? []
      : await robustnessRows(network, data.test, test.outputs.logits, robustness)),
    ...unionDeathTimeRows(trained, tested, config.metric),
    ...(validation ? accuracyRows("validation", validation) : []),
    ...(options.layers ? layerRows(await layerReport(network, data.train, data.test)) : []),
    ...(sets.other ? otherRows(sets.other, network.featureCount) : []),
  ];
}

/** The sets that the rows are of, each evaluated once. */
async function evaluatedSets(network: Network, data: TrainingData, other: ImageSet | undefined) {
  const { normalization } = data.train;
  const others = other && (await networkOutputs(network, { ...other, normalization }));
  const classifier = await classifierOf(network);
  const outOfDistributionMean = others && meanFeature([others.features], network.featureCount);
  const train = await evaluateSet(network, data.train, { classifier, outOfDistributionMean });
  const { statistics: trainStatistics } = train.geometry;
  const evaluate = (set: ImageSet) =>
    evaluateSet(network, set, { classifier, outOfDistributionMean, trainStatistics });
  return {
    train,
    test: await evaluate(data.test),
    validation: data.validation && (await evaluate(data.validation)),
    other: others,
  };
}

/** Accuracy and NC0 to NC5 of a set, with spectra, norms and margins. */
function collapseRows(set: MeasuredSet, evaluated: EvaluatedSet): MeasureRow[] {
  return [...accuracyRows(set, evaluated), ...entryRows(set, collapseReportOf(evaluated.geometry))];
}

const entryRows = (set: MeasuredSet, entries: readonly ReportEntry[]) =>
  entries.map(({ section, name, formula, value }) => row(set, section, name, formula, value));

function conventionRows(set: MeasuredSet, { geometry }: EvaluatedSet): MeasureRow[] {
  return compareConventions(geometry).map(({ measure, formula, source, value }) =>
    row(set, "conventions", measure, `${formula} (${source})`, value),
  );
}

const ACCURACY_MEASURES = MEASURES.filter(({ section }) => section === "accuracy");

function accuracyRows(set: MeasuredSet, { images, geometry }: EvaluatedSet): MeasureRow[] {
  return [
    row(set, "accuracy", "examples", "images of the set", images.labels.length),
    ...entryRows(set, measured(ACCURACY_MEASURES, geometry)),
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
