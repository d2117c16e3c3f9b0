import type { ExperimentConfig } from "../training/settings/config";
import { lineMarkers } from "./curves";
import type { Figure } from "./figure";
import { axis, layout, regularizerLooks } from "./theme";

/** The part of a config that the figure shows. */
export type ScheduledConfig = Pick<
  ExperimentConfig,
  "regularizer" | "epochs" | "topologicalWeight" | "beta"
>;

/**
 * The topological weight (above) and beta (below) against the epoch, a line a config: what training
 * takes in epoch e, the schedules at e / epochs.
 *
 * @throws {RangeError} If there is no config.
 */
export function scheduleFigure(...configs: readonly ScheduledConfig[]): Figure {
  if (configs.length === 0) throw new RangeError("expected 1 config or more, got 0");
  const looks = regularizerLooks(configs.map(({ regularizer }) => regularizer));
  const data = configs.flatMap((config, k) => {
    const look = looks.get(config.regularizer)!;
    const epochs = Array.from({ length: config.epochs }, (_, i) => i + 1);
    const shared = { type: "scatter", mode: "lines+markers", name: config.regularizer, x: epochs };
    const marker = lineMarkers(look, epochs.length);
    // Later lines are thinner: where they coincide, all are seen.
    const line = {
      color: look.color,
      dash: look.dash,
      width: 2 + 2 * Math.min(4, configs.length - 1 - k),
    };
    const of = (schedule: ScheduledConfig["beta"]) =>
      epochs.map((e) => schedule(e / config.epochs));
    return [
      { ...shared, line, marker, y: of(config.topologicalWeight), legendgroup: config.regularizer },
      {
        ...shared,
        line,
        marker,
        y: of(config.beta),
        legendgroup: config.regularizer,
        yaxis: "y2",
        showlegend: false,
      },
    ];
  });
  const epochs = [...new Set(configs.map((config) => config.epochs))].join(", ");
  const x = { title: { text: "epoch" }, rangemode: "tozero", anchor: "y2" };
  const weight = { title: { text: "weight" }, rangemode: "tozero", domain: [0.55, 1] };
  const beta = { title: { text: "beta" }, rangemode: "tozero", domain: [0, 0.45] };
  const whole = layout("Schedules of the regularizer", `${epochs} epochs`, x, weight);
  return { data, layout: { ...whole, yaxis2: axis(beta) } };
}
