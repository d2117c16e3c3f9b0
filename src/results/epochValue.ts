import type { EpochRecord } from "../training/train";

/** A quantity of a recorded epoch; undefined or null where the epoch does not have it. */
export type EpochValue = (epoch: EpochRecord) => number | null | undefined;

/** The training or the test images. */
export type MeasuredSet = "train" | "test";

/** A measure of an epoch, from its frequent measures or else from its report. */
export function epochValueOf(measure: string, set: MeasuredSet, factor = 1): EpochValue {
  return (epoch) => {
    const frequent = epoch[set] as Readonly<Record<string, number | null>> | undefined;
    const value = frequent?.[measure] ?? epoch.report?.[set].collapse[measure];
    return typeof value === "number" ? factor * value : value;
  };
}
