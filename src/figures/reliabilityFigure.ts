import { expectedCalibrationError, type ReliabilityBin } from "../metrics/behavior/calibration";
import type { Figure } from "./figure";
import { layout, NEUTRAL, regularizerLooks } from "./theme";

/**
 * Reliability of networks: in each bin of confidence the share of correct predictions against the
 * mean confidence, a line each, with its expected calibration error. On the diagonal a network is as
 * often right as it is confident; below it, it is overconfident. A marker's area grows with the
 * examples of its bin.
 *
 * @param binsByName By regularizer, from `calibrationOf`; bins without an example are not drawn.
 * @throws {RangeError} If there is no name, or a name's bins have no example.
 */
export function reliabilityFigure(
  binsByName: Readonly<Record<string, readonly ReliabilityBin[]>>,
): Figure {
  const names = Object.keys(binsByName);
  if (names.length === 0) throw new RangeError("expected the bins of 1 name or more, got none");
  const looks = regularizerLooks(names);
  const lines = names.map((name) => {
    const bins = binsByName[name];
    const error = expectedCalibrationError(bins);
    const filled = bins.filter(({ count }) => count > 0);
    const total = filled.reduce((sum, { count }) => sum + count, 0);
    const { color, dash, symbol } = looks.get(name)!;
    return {
      type: "scatter",
      mode: "lines+markers",
      name: `${name} (error ${(100 * error).toFixed(2)} %)`,
      x: filled.map(({ confidence }) => 100 * confidence!),
      y: filled.map(({ accuracy }) => 100 * accuracy!),
      customdata: filled.map(({ count }) => count),
      hovertemplate: "%{y:.1f} % of %{customdata}",
      line: { color, dash, width: 2 },
      marker: { color, symbol, size: filled.map(({ count }) => 5 + 15 * Math.sqrt(count / total)) },
    };
  });
  const ideal = {
    type: "scatter",
    mode: "lines",
    x: [0, 100],
    y: [0, 100],
    line: { color: NEUTRAL, width: 1, dash: "dot" },
    hoverinfo: "skip",
    showlegend: false,
  };
  const axis = (text: string) => ({ title: { text }, range: [-2, 102], ticksuffix: "" });
  const look = layout(
    "Reliability",
    `${binsByName[names[0]].length} bins; dotted: accuracy is confidence`,
    { ...axis("confidence: largest probability (%)"), hoverformat: ".1f" },
    axis("accuracy (%)"),
  );
  return { data: [ideal, ...lines], layout: look };
}
