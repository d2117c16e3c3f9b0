import type { RunRecord } from "../runs/record";
import { median } from "../statistics/summary";
import type { EpochReport } from "../training/evaluation/epochReport";

/** A median death time after an epoch. */
export interface MedianDeathTime {
  readonly epoch: number;
  /** The median over the classes of each class's median, in feature units. */
  readonly time: number;
}

/** Place of the median in a class's quantiles. */
const MEDIAN = 3;

/**
 * The median death times of the classes at the reported epochs of a run, of its training images, its
 * test images, or both together.
 */
export function medianDeathTimes(
  { epochs }: RunRecord,
  set: "train" | "test" | "union",
): MedianDeathTime[] {
  return epochs.flatMap(({ epoch, report }) =>
    report === undefined ? [] : [{ epoch, time: medianOf(report, set) }],
  );
}

function medianOf(report: EpochReport, set: "train" | "test" | "union"): number {
  return median(report[set].deathTimes.flatMap((times) => (times ? [times[MEDIAN]] : [])));
}

/** The largest median death time of a run and the last one. */
export function peakDeathTime(
  record: RunRecord,
  set: "train" | "test" | "union",
): { readonly peak: MedianDeathTime; readonly last: MedianDeathTime } {
  const all = medianDeathTimes(record, set);
  if (all.length === 0) throw new RangeError("expected a run with reported epochs, got none");
  const peak = all.reduce((a, b) => (b.time > a.time ? b : a));
  return { peak, last: all[all.length - 1] };
}

/** The last median death time of the test images, divided by the mean norm of their features. */
export function relativeDeathTime(run: RunRecord): number {
  const { last } = peakDeathTime(run, "test");
  const report = run.epochs.find(({ epoch }) => epoch === last.epoch)?.report;
  return last.time / (report?.test.collapse.featureNormMean ?? NaN);
}
