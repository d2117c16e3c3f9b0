import type { EpochValue } from "../results/epochValue";
import type { RunRecord } from "../runs/record";

/** A quantity against epochs. */
export interface Series {
  readonly epochs: readonly number[];
  readonly values: readonly number[];
}

/** Scale of an axis. On "log", only positive values are drawn, and their mean is the geometric one. */
export type Scale = "linear" | "log";

/**
 * The mean over a group's runs of a quantity at every epoch at which all of them have it.
 *
 * @param records One or more.
 */
export function meanSeries(
  records: readonly RunRecord[],
  valueOf: EpochValue,
  scale: Scale = "linear",
): Series {
  const [to, from] = scale === "log" ? [Math.log, Math.exp] : [identity, identity];
  const mean = (values: readonly number[]) =>
    from(values.reduce((sum, value) => sum + to(value), 0) / values.length);
  return combined(records, valueOf, scale, mean);
}

/** The smallest and the largest value of a group's runs, at the epochs of {@link meanSeries}. */
export function rangeSeries(
  records: readonly RunRecord[],
  valueOf: EpochValue,
  scale: Scale = "linear",
): { readonly lowest: Series; readonly highest: Series } {
  return {
    lowest: combined(records, valueOf, scale, (values) => Math.min(...values)),
    highest: combined(records, valueOf, scale, (values) => Math.max(...values)),
  };
}

function combined(
  records: readonly RunRecord[],
  valueOf: EpochValue,
  scale: Scale,
  combine: (values: readonly number[]) => number,
): Series {
  const runs = records.map(
    ({ epochs }) => new Map(epochs.map((epoch) => [epoch.epoch, valueOf(epoch)])),
  );
  const isDrawn = (value: number | null | undefined) =>
    typeof value === "number" && Number.isFinite(value) && (scale === "linear" || value > 0);
  const epochs = [...runs[0].keys()].filter((e) => runs.every((run) => isDrawn(run.get(e))));
  return { epochs, values: epochs.map((e) => combine(runs.map((run) => run.get(e)!))) };
}

const identity = (value: number) => value;
