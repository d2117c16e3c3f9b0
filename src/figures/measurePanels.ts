import { dataDescription, groupRuns } from "../results/runGroups";
import type { RunRecord } from "../runs/record";
import type { Figure } from "./figure";
import type { PapyanOptions } from "./papyanFigures";
import { layout } from "./theme";

/** A figure of curves over epochs, such as `equinormCurves`. */
type Curves = (records: readonly RunRecord[], options?: PapyanOptions) => Figure;

const SETS = ["train", "test"] as const;
const ROW_TITLES = { train: "training images", test: "test images" } as const;
/** Width of a plot, and from its left side to the next one's, as parts of the figure for 3 columns. */
const COLUMN = { width: 0.28, step: 0.36 };
/** Height of the line of column titles, in pixels. */
const COLUMN_TITLE = 22;
/** Epochs up to this one are all drawn, later ones every so many. */
const ALL_UP_TO = 10;
const EVERY = 20;

/**
 * Measures beside each other against the epoch on a log scale, as in Papyan et al.'s figures: above
 * those of the training images, below those of the test images with the same axis.
 *
 * Drawn are the first epochs, every twentieth, and those with a report: a picture of this size shows
 * no more.
 *
 * @param columns The figures by the text over their column; three fill the width.
 * @throws {RangeError} If there is no record.
 */
export function measurePanels(
  records: readonly RunRecord[],
  title: string,
  columns: Readonly<Record<string, Curves>>,
): Figure {
  const thin = records.map(thinned);
  const end = Math.log10(Math.max(...records.map(({ config }) => config.epochs)));
  const range = [-0.04, end + 0.04];
  const curves = Object.values(columns);
  const panels = SETS.flatMap((set, row) =>
    curves.map((draw, column) => {
      const figure = draw(thin, { set, epochScale: "log" });
      return panel(figure as unknown as CurveFigure, row, column, curves.length, range);
    }),
  );
  const head = Object.keys(columns).map(columnTitle);
  const note = "band: smallest to largest run; vertical: terminal phase from there";
  const subtitle = `${dataDescription(groupRuns(records))}; ${note}`;
  const none = { title: { text: "" } };
  const { xaxis, yaxis, ...look } = layout(title, subtitle, none, none) as BareLayout;
  return {
    data: panels.flatMap(({ data }) => data),
    layout: {
      ...look,
      margin: { ...look.margin, t: look.margin.t + COLUMN_TITLE },
      ...Object.fromEntries(panels.flatMap(({ axes }) => axes)),
      shapes: panels.flatMap(({ shapes }) => shapes),
      annotations: head,
    },
  };
}

/** The parts of a figure of curves that are put into a panel. */
interface CurveFigure {
  readonly data: readonly { readonly y: ArrayLike<number>; readonly showlegend?: boolean }[];
  readonly layout: {
    readonly xaxis: { readonly title: object };
    readonly yaxis: { readonly title: object; readonly type?: string };
    readonly shapes: readonly object[];
  };
}

/** The shared layout, of which the panels have axes of their own. */
interface BareLayout {
  readonly margin: { readonly t: number };
  readonly xaxis: object;
  readonly yaxis: object;
}

function thinned(record: RunRecord): RunRecord {
  const epochs = record.epochs.filter(
    ({ epoch, report }) => epoch <= ALL_UP_TO || epoch % EVERY === 0 || report !== undefined,
  );
  return { ...record, epochs };
}

/** Traces, marks and axes of a figure in its place. */
function panel(figure: CurveFigure, row: number, column: number, count: number, range: number[]) {
  // plotly calls the first axis x, the next one x2.
  const number = (n: number) => (n === 1 ? "" : `${n}`);
  const n = number(count * row + column + 1);
  const { xaxis, yaxis, shapes } = figure.layout;
  const across = [COLUMN.step * column, COLUMN.step * column + COLUMN.width];
  const x = { domain: across, anchor: `y${n}`, dtick: 1, range };
  const y = {
    domain: row === 0 ? [0.56, 1] : [0, 0.44],
    anchor: `x${n}`,
    matches: `y${number(column + 1)}`,
    title: { ...yaxis.title, text: column === 0 ? ROW_TITLES[SETS[row]] : "" },
  };
  return {
    data: figure.data.map((trace) => ({
      ...trace,
      mode: "lines",
      y: Array.from(trace.y, (value) => Number(value.toPrecision(3))),
      xaxis: `x${n}`,
      yaxis: `y${n}`,
      showlegend: n === "" && (trace.showlegend ?? true),
    })),
    shapes: shapes.map((shape) => ({ ...shape, xref: `x${n}`, yref: `y${n} domain` })),
    axes: [
      [`xaxis${n}`, { ...xaxis, ...x, title: { ...xaxis.title, text: row === 0 ? "" : "epoch" } }],
      [`yaxis${n}`, { ...yaxis, ...(yaxis.type === "log" && { dtick: 1 }), ...y }],
    ] as [string, object][],
  };
}

function columnTitle(text: string, column: number): object {
  const place = { xref: "paper", yref: "paper", xanchor: "left", yanchor: "bottom" };
  return { text, showarrow: false, font: { size: 11 }, ...place, x: COLUMN.step * column, y: 1.01 };
}
