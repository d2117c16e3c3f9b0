import type { EpochValue } from "../results/epochValue";
import {
  LAYER_MEASURES,
  layerNames,
  layerValue,
  type LayerMeasure,
  type LayerMeasureName,
} from "../results/layerComparisons";
import { dataDescription } from "../results/runGroups";
import type { RunRecord } from "../runs/record";
import type { MeasureRow } from "../training/evaluation/measureRow";
import { band, line, lineMarkers } from "./curves";
import { drawnGroups, type DrawnGroup } from "./drawnGroups";
import type { Figure } from "./figure";
import { formulaMarkup } from "./measureCurves";
import { meanSeries, rangeSeries, type Series } from "./series";
import { axis, layout, NEUTRAL, regularizerLooks } from "./theme";

/** Height of a panel, of the gap above it for its name, and of title and axis, in pixels. */
const [PANEL_HEIGHT, GAP, FRAME] = [105, 30, 160];

/**
 * A measure over depth and epoch: a panel for each regularizer, in it a line of cells for each block,
 * the first at the top. The color of a cell is the mean over the runs, on a logarithmic scale the
 * geometric mean; all panels share the scale. Drawn are the epochs of `reportCount` of runs with a
 * `layerTestCount` at which all runs of a regularizer have the measure.
 *
 * @throws {RangeError} If no record has measures of layers.
 */
export function layerMaps(records: readonly RunRecord[], measure: LayerMeasureName): Figure {
  const look: LayerMeasure = LAYER_MEASURES[measure];
  const { names, groups } = layeredGroups(records);
  const maps = groups.map((group) =>
    names.map((_, at) => meanSeries(group.runs, layerValue(measure, at), look.scale)),
  );
  const total = groups.length * (PANEL_HEIGHT + GAP);
  const panels = groups.map((group, panel) => {
    const bottom = 1 - ((panel + 1) * (PANEL_HEIGHT + GAP)) / total;
    return panelOf(group, names, panel, [bottom, bottom + PANEL_HEIGHT / total]);
  });
  const epochs = { title: { text: "epoch" }, type: "category", showgrid: false };
  const bare = layout(look.title, dataDescription(groups), epochs, panels[0].axis);
  const shared = { ...axis(epochs), anchor: `y${panels.length === 1 ? "" : panels.length}` };
  return {
    data: maps.map((lines, panel) => cellsOf(lines, names, look, panel)),
    layout: {
      ...bare,
      ...Object.fromEntries(panels.map(({ key, axis: own }) => [key, axis(own)])),
      xaxis: shared,
      coloraxis: { colorscale: "Cividis", colorbar: colorbarOf(look, maps.flat()) },
      annotations: panels.map(({ name }) => name),
      hovermode: "closest",
      height: total + FRAME,
    },
  };
}

/**
 * A measure over depth at the last epoch that has it: a line for each regularizer, the mean over its
 * runs (on a logarithmic axis the geometric mean), with a band from the smallest to the largest.
 *
 * @throws {RangeError} If no record has measures of layers.
 */
export function layerProfiles(records: readonly RunRecord[], measure: LayerMeasureName): Figure {
  const look: LayerMeasure = LAYER_MEASURES[measure];
  const { names, groups } = layeredGroups(records);
  const overDepth = (series: readonly Series[]): Series => {
    const places = names.map((_, at) => at).filter((at) => series[at].values.length > 0);
    return { epochs: places, values: places.map((at) => series[at].values.at(-1)!) };
  };
  const data = groups.flatMap((group) => {
    const of = <T>(combine: (value: EpochValue) => T) =>
      names.map((_, at) => combine(layerValue(measure, at)));
    const mean = line(group, overDepth(of((value) => meanSeries(group.runs, value, look.scale))));
    if (group.runs.length === 1) return [mean];
    const ranges = of((value) => rangeSeries(group.runs, value, look.scale));
    const ends = [ranges.map(({ lowest }) => lowest), ranges.map(({ highest }) => highest)];
    const bounds = [overDepth(ends[0]), overDepth(ends[1])] as const;
    return [...band(group, bounds, ["smallest run", "largest run"]), mean];
  });
  const x = {
    title: { text: "block", standoff: 8 },
    tickvals: names.map((_, at) => at),
    ticktext: names,
  };
  const scale = look.scale === "log" ? { type: "log", tickformat: "~g", dtick: "D2" } : {};
  const y = { title: { text: formulaMarkup(look.axis) }, hoverformat: ".3~g", ...scale };
  const isBanded = groups.some(({ runs }) => runs.length > 1);
  const note = isBanded ? "; band: smallest to largest run" : "";
  const title = look.title.replace("(", "at the end (");
  return { data, layout: layout(title, dataDescription(groups) + note, x, y) };
}

/** Lines of one figure of measured layers: a set and a measure each. */
const ROW_FIGURES = [
  {
    title: "NC1 of each layer",
    axis: "tr S_W / tr S_B",
    scale: "log",
    measures: ["covarianceTraceRatio"],
  },
  {
    title: "Effective rank of each layer",
    axis: "effective rank of S_T",
    scale: "log",
    measures: ["effectiveRank"],
  },
  {
    title: "Accuracy of each layer",
    axis: "accuracy (%)",
    scale: "linear",
    measures: ["nearestClassCenterAccuracy", "probeAccuracy"],
  },
] as const;

const LINE_NAMES: Readonly<Record<string, string>> = {
  nearestClassCenterAccuracy: "nearest class center",
  probeAccuracy: "ridge probe",
};

/**
 * The measures of a file's layers over depth: NC1, effective rank, and the accuracies of the nearest
 * class center and of the ridge probe, a line for each set.
 *
 * @param rows Of `layerRows`, in the order of the layers; others do not count. Without any there is no
 *   figure.
 */
export function layerRowFigures(rows: readonly MeasureRow[]): Figure[] {
  const layers = [...new Set(rows.flatMap(({ layer }) => layer ?? []))];
  return ROW_FIGURES.flatMap(({ title, axis: text, scale, measures }) => {
    const lines = (["train", "test"] as const).flatMap((set) =>
      measures.flatMap((name) => {
        const own = rows.filter((row) => row.layer && row.set === set && row.name === name);
        return own.length === 0 ? [] : [{ set, name, own }];
      }),
    );
    if (lines.length === 0) return [];
    const looks = regularizerLooks(lines.map(({ set, name }) => `${set} ${name}`));
    const data = lines.map(({ set, name, own }) => {
      const look = looks.get(`${set} ${name}`)!;
      return {
        type: "scatter",
        mode: "lines+markers",
        name: name in LINE_NAMES ? `${LINE_NAMES[name]}, ${set}` : set,
        x: own.map(({ layer }) => layer),
        y: own.map(({ value }) => (scale === "log" ? value : value && 100 * value)),
        line: { color: look.color, dash: look.dash, width: 2.5 },
        marker: lineMarkers(look, own.length),
      };
    });
    const x = { title: { text: "layer", standoff: 8 }, type: "category", categoryarray: layers };
    const ticks = scale === "log" ? { type: "log", tickformat: "~g", dtick: "D2" } : {};
    const y = { title: { text: formulaMarkup(text) }, hoverformat: ".3~g", ...ticks };
    return [
      { data, layout: layout(title, `${layers.length} layers, the first at the left`, x, y) },
    ];
  });
}

/** The groups of the runs that measured layers, and the names of their layers. */
function layeredGroups(records: readonly RunRecord[]): {
  readonly names: readonly string[];
  readonly groups: readonly DrawnGroup[];
} {
  const layered = records.filter((record) => layerNames(record).length > 0);
  if (layered.length === 0)
    throw new RangeError("expected runs with measures of layers (layerTestCount), got none");
  const names = layerNames(layered[0]).map((name) => name.replace(/^block/, ""));
  return { names, groups: drawnGroups(layered) };
}

/** The axis of a panel's blocks, and the regularizer's name above it. */
function panelOf(
  { label, runs }: DrawnGroup,
  names: readonly string[],
  panel: number,
  domain: readonly [number, number],
) {
  const name = {
    text: `${label} (n = ${runs.length})`,
    xref: "paper",
    yref: "paper",
    x: 0,
    y: domain[1],
    xanchor: "left",
    yanchor: "bottom",
    showarrow: false,
  };
  const blocks = {
    title: { text: "block" },
    type: "category",
    categoryarray: names,
    autorange: "reversed",
    showgrid: false,
    ticks: "",
    domain,
  };
  return { key: `yaxis${panel === 0 ? "" : panel + 1}`, axis: blocks, name };
}

function cellsOf(
  lines: readonly Series[],
  names: readonly string[],
  { scale, axis: title }: LayerMeasure,
  panel: number,
): object {
  return {
    type: "heatmap",
    x: lines[0].epochs.map(String),
    y: names,
    z: lines.map(({ values }) => (scale === "log" ? values.map(Math.log10) : values)),
    text: lines.map(({ values }) => values.map((value) => value.toPrecision(3))),
    hovertemplate: `block %{y}, epoch %{x}: ${title} %{text}<extra></extra>`,
    coloraxis: "coloraxis",
    xgap: 1,
    ygap: 1,
    ...(panel > 0 && { yaxis: `y${panel + 1}` }),
  };
}

/** The color bar; on a logarithmic scale the numbers themselves beside the colors. */
function colorbarOf({ scale, axis: text }: LayerMeasure, all: readonly Series[]): object {
  const bar = { title: { text: formulaMarkup(text), side: "right" }, outlinecolor: NEUTRAL };
  if (scale === "linear") return bar;
  const logs = all.flatMap(({ values }) => values.map(Math.log10));
  const [from, to] = [Math.min(...logs), Math.max(...logs)];
  const steps = to - from > 3 ? [1] : [1, 2, 5];
  const decades = Array.from(
    { length: Math.ceil(to) - Math.floor(from) + 1 },
    (_, i) => Math.floor(from) + i,
  );
  const ticks = decades
    .flatMap((decade) => steps.map((step) => Number(`${step}e${decade}`)))
    .filter((tick) => Math.log10(tick) > from - 1e-6 && Math.log10(tick) < to + 1e-6);
  return { ...bar, tickvals: ticks.map(Math.log10), ticktext: ticks.map(String) };
}
