import type { Figure } from "./figure";
import { ABOVE_BETA, BELOW_BETA, layout, NEUTRAL } from "./theme";

/**
 * The barcode of connected components: a bar for each, from 0, where every point is its own, to the
 * death time at which it joins another; shorter than beta in vermilion, longer in blue, beta dashed.
 * The component that never dies is left out, as in `deathTimes`.
 *
 * @param deathTimes m - 1 times, ascending: the lowest bar dies first.
 * @param beta None: all bars in gray.
 * @throws {RangeError} If there is no time, or they are not ascending from 0 or more.
 */
export function barcode(deathTimes: ArrayLike<number>, beta?: number): Figure {
  checkAscending(deathTimes);
  const times = Array.from(deathTimes);
  const bars = (name: string, color: string, isOwn: (time: number) => boolean) => {
    const rows = times.flatMap((time, row) => (isOwn(time) ? [row] : []));
    return {
      type: "scatter",
      mode: "lines",
      name,
      line: { color, width: barWidth(times.length) },
      x: rows.flatMap((row) => [0, times[row], null]),
      y: rows.flatMap((row) => [row + 1, row + 1, null]),
    };
  };
  const data =
    beta === undefined
      ? [{ ...bars("components", NEUTRAL, () => true), showlegend: false }]
      : [
          bars("d < beta", BELOW_BETA, (time) => time < beta),
          bars("d \u2265 beta", ABOVE_BETA, (time) => time >= beta),
        ];
  const x = {
    title: { text: "scale (feature unit)" },
    range: [0, 1.04 * Math.max(times[times.length - 1], beta ?? 0) || 1],
  };
  const y = { title: { text: "component" }, range: [0, times.length + 1], showgrid: false };
  const subtitle = `${times.length + 1} points, ${times.length} death times${
    beta === undefined ? "" : `; dashed: beta = ${beta}`
  }`;
  const look = layout("Barcode: components until they merge", subtitle, x, y);
  const shapes = beta === undefined ? [] : [verticalLine(beta)];
  return { data, layout: { ...look, shapes, hovermode: "closest" } };
}

function verticalLine(x: number): object {
  const line = { color: "#000000", width: 1.5, dash: "dash" };
  return { type: "line", xref: "x", yref: "paper", x0: x, x1: x, y0: 0, y1: 1, line };
}

/** Pixels: bars that do not touch in a plot of 300. */
const barWidth = (bars: number) => Math.max(1, Math.min(8, 200 / bars));

function checkAscending(times: ArrayLike<number>): void {
  if (times.length === 0) throw new RangeError("expected 1 death time or more, got none");
  for (let i = 0; i < times.length; i++)
    if (!(times[i] >= (i === 0 ? 0 : times[i - 1])))
      throw new RangeError(`expected ascending times of 0 or more, got ${times[i]} at ${i}`);
}
