import { collapseReportOf } from "../../metrics/collapse/collapseReport";
import { allRows, selectExamples, type ImageSet } from "../../data/imageSet";
import { concatenated } from "../../numerics/takeRows";
import { decisionMargins, type MarginSummary } from "../../metrics/robustness/measureRobustness";
import type { LayerMeasures } from "../../metrics/collapse/layers";
import { quantile } from "../../statistics/quantile";
import { classDeathTimes } from "../../metrics/topology/classConnectivity";
import type { Metric } from "../../metrics/topology/metric";
import type { Network } from "../../model/network";
import type { ExperimentConfig } from "../settings/config";
import { layerReport } from "./layerReport";
import type { EvaluatedSet } from "./outputs";

/** Every measure of the features of one set, and the death times of its classes. */
export interface SetReport {
  /** Values by the names of {@link collapseReport}; null if a measure is not defined. */
  readonly collapse: Readonly<Record<string, number | null>>;
  /** Quantiles of the death times of each class, in the run's metric. */
  readonly deathTimes: readonly DeathTimeQuantiles[];
}

/**
 * Quantiles of the death times of one class: smallest, 5, 25, 50, 75 and 95 percent, largest; null
 * for a class with fewer than two examples.
 */
export type DeathTimeQuantiles =
  readonly [number, number, number, number, number, number, number] | null;

/** Margins of test images in pixel / 255, for every prediction, right or wrong. */
export interface MarginReport extends MarginSummary {
  /** Number of images, from the start of the test set. */
  readonly images: number;
}

/** Both sets, and the death times of the union of their classes. */
export interface EpochReport {
  readonly train: SetReport;
  readonly test: SetReport;
  readonly union: Pick<SetReport, "deathTimes">;
  /** Margins by DeepFool, as {@link decisionMargins}; present if `robustnessCount` is set. */
  readonly margins?: MarginReport;
  /**
   * Measures of the output of every block, first block first; present if `layerTestCount` is set.
   */
  readonly layers?: readonly LayerMeasures[];
}

/**
 * All measures of a network's features on both sets.
 *
 * @param config Gives the metric of death times, and the numbers of test images for margins and
 *   layers.
 */
export async function epochReport(
  network: Network,
  train: EvaluatedSet,
  test: EvaluatedSet,
  config: Pick<ExperimentConfig, "metric" | "robustnessCount" | "layerTestCount">,
): Promise<EpochReport> {
  const union = {
    features: concatenated(train.outputs.features, test.outputs.features),
    labels: Uint8Array.from([...train.images.labels, ...test.images.labels]),
  };
  const { metric, robustnessCount, layerTestCount } = config;
  const margins =
    robustnessCount > 0 && (await marginReport(network, test.images, robustnessCount));
  const layers =
    layerTestCount !== undefined &&
    (await layerReport(network, train.images, firstImages(test.images, layerTestCount)));
  return {
    train: setReport(train, metric),
    test: setReport(test, metric),
    union: { deathTimes: quantilesOf(union, train.images.classCount, metric) },
    ...(margins && { margins }),
    ...(layers && { layers: layers.map(roundedLayer) }),
  };
}

function setReport({ images, outputs, geometry }: EvaluatedSet, metric: Metric): SetReport {
  const entries = collapseReportOf(geometry);
  const examples = { features: outputs.features, labels: images.labels };
  return {
    collapse: Object.fromEntries(entries.map(({ name, value }) => [name, rounded(value)])),
    deathTimes: quantilesOf(examples, images.classCount, metric),
  };
}

async function marginReport(network: Network, test: ImageSet, count: number) {
  const images = firstImages(test, count);
  const margins = await decisionMargins(network, images);
  const { mean, median, meanRelativeNorm, notFooled } = margins;
  return {
    images: images.labels.length,
    mean: rounded(mean),
    median: rounded(median),
    meanRelativeNorm: rounded(meanRelativeNorm),
    notFooled,
  };
}

const firstImages = (set: ImageSet, count: number) =>
  selectExamples(set, allRows(set).subarray(0, count));

function roundedLayer({ train, test, ...layer }: LayerMeasures): LayerMeasures {
  const all = <T extends object>(measures: T) =>
    Object.fromEntries(
      Object.entries(measures).map(([name, value]) => [name, rounded(value as number | null)]),
    ) as T;
  return { ...layer, train: all(train), ...(test && { test: all(test) }) };
}

function quantilesOf(
  { features, labels }: { readonly features: Float32Array; readonly labels: Uint8Array },
  classCount: number,
  metric: Metric,
): DeathTimeQuantiles[] {
  const shares = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];
  const dim = features.length / labels.length;
  return classDeathTimes(features, labels, dim, classCount, metric).map((times) =>
    times.length === 0
      ? null
      : (shares.map((share) => rounded(quantile(times, share))) as unknown as DeathTimeQuantiles),
  );
}

/** Seven digits: the precision of a float32 feature. */
function rounded<T extends number | null>(value: T): T {
  return (value === null ? null : Number(value.toPrecision(7))) as T;
}
