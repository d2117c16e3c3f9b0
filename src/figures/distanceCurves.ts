import type { Figure } from "./figure";
import { layout, regularizerLooks } from "./theme";

/** Two lengths of a training after each epoch, in feature units. */
export interface EpochDistances {
  /** Between class means: solid. */
  readonly distances: readonly number[];
  /** Of the classes: dotted. */
  readonly radii: readonly number[];
}

/**
 * How far class means lie apart (solid) and how wide the classes are (dotted) after each epoch, on a
 * logarithmic axis, a color per regularizer.
 *
 * @param runs By regularizer.
 */
export function distanceCurves(
  runs: Readonly<Record<string, EpochDistances>>,
  subtitle: string,
): Figure {
  const looks = regularizerLooks(Object.keys(runs));
  const data = Object.entries(runs).flatMap(([name, { distances, radii }]) => {
    const { color } = looks.get(name)!;
    const shared = { mode: "lines+markers", x: distances.map((_, i) => i + 1) };
    const dotted = { color, width: 2, dash: "dot" };
    return [
      { ...shared, name, y: distances, line: { color, width: 2.5 } },
      { ...shared, name: `${name}, radius`, y: radii, showlegend: false, line: dotted },
    ];
  });
  const x = { title: { text: "epoch" } };
  const y = { title: { text: "feature units" }, type: "log", dtick: "D2", tickformat: "~g" };
  const title = "Distance to the nearest other class mean; dotted: radius";
  return { data, layout: layout(title, subtitle, x, y) };
}
