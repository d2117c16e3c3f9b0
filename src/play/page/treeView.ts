import type { Metric } from "../../metrics/topology/metric";
import { spanningTree, type SpanningTree } from "../../metrics/topology/spanningTree";
import { mnist250 } from "../../training/settings/presets";
import type { SubBatch } from "../live/liveTraining";
import { color, drawnCanvas, font, noStepYet, strokeLine, type Surface } from "./canvas";
import { treeLayout } from "./treeLayout";

/** Height of the row with the ruler. */
const RULER = 34;

/** A spanning tree with the beta that its step used. */
interface Shown {
  readonly tree: SpanningTree;
  readonly places: Float64Array;
  readonly beta: number;
}

/** Draws the spanning tree of a sub-batch, edges by the sign of d - beta. */
export function treeView(canvas: HTMLCanvasElement) {
  let shown: Shown | undefined;
  const redraw = drawnCanvas(canvas, (surface) => {
    if (shown) paint(surface, shown);
    else noStepYet(surface);
  });
  return ({ features }: SubBatch, beta: number, metric: Metric): string => {
    const tree = spanningTree(features, features.length / mnist250.subBatchSize, metric);
    shown = { tree, places: treeLayout(tree), beta };
    redraw();
    const above = tree.lengths.filter((d) => d > beta).length;
    return `${above} of ${tree.lengths.length} edges are longer than beta = ${beta.toFixed(2)}`;
  };
}

function paint({ context, width, height }: Surface, { tree, places, beta }: Shown): void {
  const bounds = [0, 1].map((axis) => {
    const values = places.filter((_, i) => i % 2 === axis);
    return [Math.min(...values), Math.max(...values)];
  });
  const [[left, right], [top, bottom]] = bounds;
  const scale = Math.min(
    (width - 24) / (right - left || 1),
    (height - RULER - 24) / (bottom - top || 1),
    (0.6 * width) / (beta || 1e-9),
  );
  const x = (point: number) => width / 2 + (places[2 * point] - (left + right) / 2) * scale;
  const y = (point: number) =>
    (height - RULER) / 2 + (places[2 * point + 1] - (top + bottom) / 2) * scale;
  context.lineCap = "round";
  tree.lengths.forEach((length, e) => {
    const isLong = length > beta;
    const [from, to] = [tree.ends[2 * e], tree.ends[2 * e + 1]];
    context.strokeStyle = color(isLong ? "blue" : "vermilion");
    context.setLineDash(isLong ? [] : [5, 5]);
    context.lineWidth = 2.5;
    strokeLine(context, [x(from), y(from)], [x(to), y(to)]);
  });
  context.setLineDash([]);
  context.fillStyle = color("text");
  for (let point = 0; point <= tree.lengths.length; point++) {
    context.beginPath();
    context.arc(x(point), y(point), 4, 0, 2 * Math.PI);
    context.fill();
  }
  paintRuler(context, height, beta, beta * scale);
}

/** Beta as a length, in the scale of the tree. */
function paintRuler(
  context: CanvasRenderingContext2D,
  height: number,
  beta: number,
  length: number,
): void {
  const y = height - 12;
  context.strokeStyle = color("text");
  context.lineWidth = 2;
  strokeLine(context, [6, y], [6 + length, y]);
  for (const end of [6, 6 + length]) strokeLine(context, [end, y - 5], [end, y + 5]);
  context.font = font(13);
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillStyle = color("text");
  context.fillText(`beta = ${beta.toFixed(2)}`, 14 + length, y);
}
