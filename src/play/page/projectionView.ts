import { projected, scaledWeights } from "../../figures/simplexProjection";
import { faceAxes } from "../../figures/simplexAxes";
import { classStatistics } from "../../metrics/collapse/classStatistics";
import { UndefinedValueError } from "../../numerics/undefinedValue";
import type { Snapshot } from "../live/messages";
import { color, drawnCanvas, font, label, strokeLine, type Surface } from "./canvas";
import { circle, CLASS_LOOKS } from "./classLooks";

type Place = readonly number[];
/** How far the picture reaches from its center, on each axis. */
type Extent = readonly [number, number];

/** What is drawn, in the features' unit. */
interface Projection {
  readonly places: readonly Place[];
  readonly labels: Uint8Array;
  readonly classes: readonly number[];
  /** From 0, where the mean of the class means is. */
  readonly means: readonly Place[];
  readonly tips: readonly Place[];
  /** The middle of the three means: in a simplex, that of all. */
  readonly center: Place;
}

const CLASS_COUNT = 10;
/** Share of its last size that the picture keeps where it could shrink: no jumps. */
const SHRINK = 0.94;

/** Draws the features of all labeled images on the plane of three class means. */
export function projectionView(canvas: HTMLCanvasElement, classes: () => readonly number[]) {
  let shown: Projection | undefined;
  let extent: Extent = [0, 0];
  const redraw = drawnCanvas(canvas, (surface) => {
    if (shown) paint(surface, shown, extent);
  });
  return (snapshot: Snapshot) => {
    shown = projection(snapshot, classes()) ?? shown;
    if (!shown) return;
    const { places, tips, center } = shown;
    const drawn = [...places, ...shown.classes.map((c) => tips[c])];
    const reach = (axis: 0 | 1) => {
      const farthest = Math.max(...drawn.map((place) => Math.abs(place[axis] - center[axis])));
      return Math.max(farthest, SHRINK * extent[axis]);
    };
    extent = [reach(0), reach(1)];
    redraw();
  };
}

/** Undefined where the class means do not span a plane. */
function projection(
  { features, labels, classifier }: Snapshot,
  classes: readonly number[],
): Projection | undefined {
  try {
    const dim = features.length / labels.length;
    const statistics = classStatistics(features, labels, dim, CLASS_COUNT);
    const axes = faceAxes(statistics, classes);
    const means = projected(statistics.classMeans, axes, axes.origin);
    const corners = classes.map((c) => means[c]);
    return {
      places: projected(features, axes, axes.origin),
      labels,
      classes,
      means,
      tips: projected(scaledWeights(statistics, classifier), axes),
      center: [0, 1].map((axis) => corners.reduce((sum, at) => sum + at[axis], 0) / 3),
    };
  } catch (error) {
    if (error instanceof UndefinedValueError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function paint({ context, width, height }: Surface, shown: Projection, extent: Extent): void {
  const scale = Math.min((width / 2 - 18) / (extent[1] || 1), (height / 2 - 18) / (extent[0] || 1));
  const { center } = shown;
  // The first axis goes down: the triangle has a corner at the side.
  const at = ([first, second]: Place) =>
    [width / 2 + (second - center[1]) * scale, height / 2 + (first - center[0]) * scale] as const;
  paintPoints(context, shown, at);
  shown.classes.forEach((c, k) => paintClass(context, shown, at, c, k));
  context.font = font(15, 700);
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const c of shown.classes) {
    const [x, y] = at(shown.means[c]);
    const [fromX, fromY] = at([0, 0]);
    const away = Math.atan2(y - fromY, x - fromX);
    const beside = (middle: number, offset: number, size: number) =>
      Math.min(Math.max(middle + 21 * offset, 10), size - 10);
    const [left, top] = [beside(x, Math.cos(away), width), beside(y, Math.sin(away), height)];
    label(context, String(c), left, top, color("text"));
  }
}

type Pixels = (place: Place) => readonly [x: number, y: number];

function paintPoints(context: CanvasRenderingContext2D, shown: Projection, at: Pixels): void {
  const { classes, labels, places } = shown;
  const looks = [{ color: "faint", path: circle } as const, ...CLASS_LOOKS];
  context.globalAlpha = 0.62;
  looks.forEach((look, k) => {
    context.beginPath();
    places.forEach((place, n) => {
      if (classes.indexOf(labels[n]) === k - 1) look.path(context, ...at(place), 3.6);
    });
    context.fillStyle = color(look.color);
    context.fill();
  });
  context.globalAlpha = 1;
}

/** The k-th class's mean, and its classifier dashed, from the mean of the class means. */
function paintClass(
  context: CanvasRenderingContext2D,
  { means, tips }: Projection,
  at: Pixels,
  c: number,
  k: number,
): void {
  const look = CLASS_LOOKS[k];
  for (const [to, dash] of [
    [means[c], []],
    [tips[c], [6, 4]],
  ] as const) {
    context.setLineDash([...dash]);
    context.strokeStyle = color(look.color);
    context.lineWidth = 2;
    strokeLine(context, at([0, 0]), at(to));
  }
  context.setLineDash([]);
  context.beginPath();
  look.path(context, ...at(means[c]), 9);
  context.fillStyle = color(look.color);
  context.fill();
  context.strokeStyle = color("text");
  context.lineWidth = 1.5;
  context.stroke();
}
