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

/** Choice of the measures. */
export interface MeasureOptions {
  /** The run's metric, size of sub-batches and beta. */
  readonly config: Pick<ExperimentConfig, "metric" | "subBatchSize" | "beta" | "epochs">;
  /** Seed of the sub-batches drawn for c_beta; 0 unless given. */
  readonly seed?: number;
  /** Sub-batches a class for c_beta; 1000 unless given. */
  readonly draws?: number;
  /**
   * Images of other things, for NC5 and for how well scores detect them among the test images;
   * normalized as the training set. Labels are ignored.
   */
  readonly outOfDistribution?: ImageSet;
  /** Whether the formulas of published code are compared (`compareConventions`). */
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
