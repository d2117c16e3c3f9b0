import type { Metric } from "../../metrics/topology/metric";
import type { ExperimentConfig } from "../../training/settings/config";
import { mnist250, REGULARIZERS } from "../../training/settings/presets";
import { constant } from "../../training/settings/schedules";

/** The regularizers that the page offers. */
export const REGULARIZER_CHOICES = ["vanilla", "hofer", "sliding"] as const;

/** The settings that follow a schedule unless they are set by hand. */
export const SCHEDULED = ["beta", "topologicalWeight", "learningRate"] as const;
export type ScheduledName = (typeof SCHEDULED)[number];

/** Everything that the page's reader can set. */
export interface Controls extends Readonly<Partial<Record<ScheduledName, number>>> {
  readonly seed: number;
  /** Length of the schedules. */
  readonly epochs: number;
  /** Training images of each class; all that the split has unless given. */
  readonly labelsPerClass?: number | undefined;
  readonly regularizer: (typeof REGULARIZER_CHOICES)[number];
  readonly metric: Metric;
}

/** The sliding regularizer, in a run that takes a minute or two. */
export const FIRST_CONTROLS: Controls = {
  seed: 0,
  epochs: 60,
  regularizer: "sliding",
  metric: "L2",
};

/** The config of a run: mnist-250 with the regularizer, and constants where a value is set by hand. */
export function configOf(controls: Controls): ExperimentConfig {
  const { seed, epochs, metric, regularizer } = controls;
  const byHand = SCHEDULED.flatMap((name) => {
    const value = controls[name];
    return value === undefined ? [] : [[name, constant(value)] as const];
  });
  return {
    ...mnist250,
    ...REGULARIZERS[regularizer].difference,
    seed,
    epochs,
    metric,
    ...Object.fromEntries(byHand),
  };
}
