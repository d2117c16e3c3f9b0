import type { Figure } from "./figure";
import { layout, translucent, type Axis } from "./theme";

/** How a row of a figure is called: a name, and a smaller line below it. */
export interface RowLabel {
  readonly name: string;
  readonly detail: string;
}

/** Height of a row, and of what is above and below all of them, in pixels. */
const ROW_HEIGHT = 85;
const FRAME_HEIGHT = 165;

/** Position on the axis of row `row`, from 0 at the top; `up` rows above its middle. */
export const heightOf = (row: number, up = 0) => up - row;

/** Values of a row as dots, spread a little so that equal ones are seen. */
export function rowDots(
  name: string,
  row: number,
  dots: {
    readonly values: readonly number[];
    readonly texts: readonly string[];
    readonly color: string;
  },
): object {
  const { values, texts, color } = dots;
  const places = values.map((_, i) => heightOf(row, 0.1 + 0.24 * spread(i, values.length)));
  const marker = { color: translucent(color, 0.45), size: 8 };
  return {
    type: "scatter",
    mode: "markers",
    name,
    showlegend: false,
    x: values,
    y: places,
    text: texts,
    marker,
    hovertemplate: "%{x}, %{text}<extra></extra>",
  };
}

/** A row's mean, with its interval if there is one. */
export function meanDiamond(
  name: string,
  row: number,
  center: number,
  interval: { readonly lower: number; readonly upper: number } | undefined,
  color: string,
): object {
  const ends = interval && {
    type: "data",
    symmetric: false,
    color,
    thickness: 2.5,
    width: 7,
    array: [interval.upper - center],
    arrayminus: [center - interval.lower],
  };
  return {
    type: "scatter",
    mode: "markers",
    name,
    showlegend: false,
    x: [center],
    y: [heightOf(row)],
    ...(ends && { error_x: ends }),
    marker: { color, size: 12, symbol: "diamond", line: { color: "#ffffff", width: 1 } },
  };
}

/** A figure of rows, the first at the top, as high as they need. */
export function rowFigure(
  title: string,
  subtitle: string,
  labels: readonly RowLabel[],
  xaxis: Axis,
  data: object[],
): Figure {
  const y = {
    title: { text: "" },
    range: [heightOf(labels.length - 0.4), heightOf(-0.6)],
    tickvals: labels.map((_, row) => heightOf(row)),
    ticktext: labels.map(
      ({ name, detail }) => `${name}<br><span style="font-size:11px">${detail}</span>`,
    ),
    showgrid: false,
    ticks: "",
  };
  const height = FRAME_HEIGHT + ROW_HEIGHT * labels.length;
  return { data, layout: { ...layout(title, subtitle, xaxis, y), hovermode: "closest", height } };
}

/** From 0 to 1 in an order in which neighbors lie apart. */
const spread = (i: number, count: number) => (count === 1 ? 0.5 : ((i * 3) % count) / count);
