import type { ImageSet, TrainingData } from "../../data/imageSet";
import type { Network } from "../../model/network";
import type { ExperimentConfig } from "../settings/config";
import { runScale } from "./connectivityRows";
import { layerReport } from "./layerReport";
import { layerRows } from "./layerRows";
import {
  accuracyRows,
  evaluateFeatures,
  featureRows,
  type MeasuredFeatures,
} from "./measureFeatures";
import type { MeasureRow } from "./measureRow";
import { classifierOf, evaluateSet, networkOutputs } from "./outputs";
import { robustnessRows } from "./robustnessRows";

/** Options for the measures. */
export interface MeasureOptions {
  /** Config of the run: its metric, size of sub-batches and beta are used. */
  readonly config: Pick<ExperimentConfig, "metric" | "subBatchSize" | "beta" | "epochs">;
  /** Seed of the sub-batches drawn for c_beta; 0 by default. */
  readonly seed?: number;
  /** Sub-batches per class for c_beta; 1000 by default. */
  readonly draws?: number;
  /**
   * Out-of-distribution images, for NC5 and for the detection scores, normalized like the training
   * set. Labels are ignored.
   */
  readonly outOfDistribution?: ImageSet;
  /** Whether the formulas of published code are compared (`compareConventions`). */
  readonly conventions?: boolean;
  /** Number of test images to perturb until they are misclassified; 0 by default. */
  readonly robustness?: number;
  /** Whether the output of every block is measured, on all images. */
  readonly layers?: boolean;
}

/**
 * All measures of a trained network in evaluation mode, on its training and its test set: accuracy,
 * neural collapse, topology, and everything that the options request. The same arguments give the
 * same rows.
 *
 * NC1 to NC3 of a set use its own class means; NC4 and the margins use those of the training set.
 *
 * @returns Rows by set, then by section. A name occurs once per class, once for all classes, or
 *   both. Conventions of one measure share its name and differ in the formula.
 * @throws {RangeError} If a class has no example in the training set, a feature is not finite, or an
 *   option is invalid.
 */
export async function measureRun(
  network: Network,
  data: TrainingData,
  { config, robustness = 0, ...options }: MeasureOptions,
): Promise<MeasureRow[]> {
  const classifier = await classifierOf(network);
  const outputs = (images: ImageSet) => networkOutputs(network, images);
  const { normalization } = data.train;
  const other = options.outOfDistribution;
  const test = { ...(await outputs(data.test)), labels: data.test.labels };
  const input: MeasuredFeatures = {
    ...options,
    ...(await outputs(data.train)),
    labels: data.train.labels,
    ...classifier,
    test,
    outOfDistribution: other && (await outputs({ ...other, normalization })),
    metric: config.metric,
    subBatchSize: config.subBatchSize,
    topologyExamples: Infinity,
  };
  const sets = evaluateFeatures(input);
  const rows = featureRows(sets, { ...input, scale: runScale(config) });
  const trainStatistics = sets.train.geometry.statistics;
  const validation =
    data.validation &&
    (await evaluateSet(network, data.validation, { classifier, trainStatistics }));
  return [
    ...rows.train,
    ...rows.test,
    ...(robustness === 0 ? [] : await robustnessRows(network, data.test, test.logits, robustness)),
    ...rows.union,
    ...(validation ? accuracyRows("validation", validation.geometry) : []),
    ...(options.layers ? layerRows(await layerReport(network, data.train, data.test)) : []),
    ...rows.outOfDistribution,
  ];
}
