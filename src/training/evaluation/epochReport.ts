import { collapseReport } from "../../metrics/collapse/collapseReport";
import type { ClassStatistics } from "../../metrics/collapse/classStatistics";
import { allRows, selectExamples, type ImageSet, type TrainingData } from "../../data/imageSet";
import { concatenated } from "../../numerics/takeRows";
import { decisionMargins, type MarginSummary } from "../../metrics/robustness/measureRobustness";
import { quantile } from "../../statistics/quantile";
import { classDeathTimes } from "../../metrics/topology/classConnectivity";
import type { Metric } from "../../metrics/topology/metric";
import type { Network } from "../../model/network";
import type { ExperimentConfig } from "../settings/config";
import { classifierOf, type Outputs } from "./outputs";

/** Every measure of the features of one set, and the death times of its classes. */
export interface SetReport {
  /** By the names of {@link collapseReport}; null where a measure is not defined. */
  readonly collapse: Readonly<Record<string, number | null>>;
  /** Of each class's features together, in the run's metric. */
  readonly deathTimes: readonly DeathTimeQuantiles[];
}

/** The death times of one class; null where it has fewer than two examples. */
export type DeathTimeQuantiles =
  | readonly [min: number, p5: number, p25: number, p50: number, p75: number, p95: number, max: number] // prettier-ignore
  | null;

/** The margins of test images in pixel / 255, whatever class the network gives them. */
export interface MarginReport extends MarginSummary {
  /** The first of the test set: so many. */
  readonly images: number;
}

/** Both sets, and the death times of the union of their classes. */
export interface EpochReport {
  readonly train: SetReport;
  readonly test: SetReport;
  readonly union: Pick<SetReport, "deathTimes">;
  /** By DeepFool, as {@link decisionMargins}; where `robustnessCount` asks for it. */
  readonly margins?: MarginReport;
}

/**
 * Epochs from 1 to `epochs`, at most `count` of them, spread evenly on a log scale; the first and
 * the last are among them.
 */
export function logSpacedEpochs(epochs: number, count: number): number[] {
  // From here on every epoch is among them.
  const points = Math.min(count, 2 + Math.ceil(2 * epochs * Math.log(epochs)));
  const at = (i: number) => Math.round(epochs ** (points === 1 ? 1 : i / (points - 1)));
  return [...new Set(Array.from({ length: points }, (_, i) => at(i)))];
}

/**
 * All measures of a network's features on both sets.
 *
 * @param trainStatistics Of the training set's features.
 * @param config The metric of death times, and how many test images have margins.
 */
export async function epochReport(
  network: Network,
  { train, test }: TrainingData,
  trained: Outputs,
  tested: Outputs,
  trainStatistics: ClassStatistics,
  { metric, robustnessCount }: Pick<ExperimentConfig, "metric" | "robustnessCount">,
): Promise<EpochReport> {
  const classifier = await classifierOf(network);
  const dim = network.featureCount;
  const report = (set: ImageSet, { features }: Outputs): SetReport => {
    const entries = collapseReport(features, set.labels, classifier, { trainStatistics });
    return {
      collapse: Object.fromEntries(entries.map(({ name, value }) => [name, rounded(value)])),
      deathTimes: quantilesOf(features, set.labels, dim, train.classCount, metric),
    };
  };
  return {
    train: report(train, trained),
    test: report(test, tested),
    union: {
      deathTimes: quantilesOf(
        concatenated(trained.features, tested.features),
        Uint8Array.from([...train.labels, ...test.labels]),
        dim,
        train.classCount,
        metric,
      ),
    },
    ...(robustnessCount > 0 && { margins: await marginReport(network, test, robustnessCount) }),
  };
}

async function marginReport(network: Network, test: ImageSet, count: number) {
  const rows = allRows(test).subarray(0, count);
  const margins = await decisionMargins(network, selectExamples(test, rows));
  const { mean, median, meanRelativeNorm, notFooled } = margins;
  return {
    ...{ images: rows.length, mean: rounded(mean), median: rounded(median) },
    ...{ meanRelativeNorm: rounded(meanRelativeNorm), notFooled },
  };
}

function quantilesOf(
  features: Float32Array,
  labels: Uint8Array,
  dim: number,
  classCount: number,
  metric: Metric,
): DeathTimeQuantiles[] {
  const shares = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];
  return classDeathTimes(features, labels, dim, classCount, metric).map((times) =>
    times.length === 0
      ? null
      : (shares.map((share) => rounded(quantile(times, share))) as unknown as DeathTimeQuantiles),
  );
}

/** Seven digits: what a float32 feature knows. */
function rounded<T extends number | null>(value: T): T {
  return (value === null ? null : Number(value.toPrecision(7))) as T;
}
