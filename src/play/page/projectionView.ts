import { projected, scaledWeights } from "../../figures/simplexProjection";
import { faceAxes } from "../../figures/simplexAxes";
import { classStatistics } from "../../metrics/collapse/classStatistics";
import { UndefinedValueError } from "../../numerics/undefinedValue";
import type { Snapshot } from "../live/messages";
import { color, drawnCanvas, font, label, type Surface } from "./canvas";
import { circle, CLASS_LOOKS } from "./classLooks";

type Place = readonly number[];

/** What is drawn, in the features' unit. */
interface Projection {
  readonly places: readonly Place[];
  readonly labels: Uint8Array;
  readonly classes: readonly number[];
  readonly means: readonly Place[];
  readonly tips: readonly Place[];
  /** The middle of the three means, and of the simplex. */
  readonly center: Place;
}

const CLASS_COUNT = 10;
/** Share of its last size that the picture keeps where it could shrink: no jumps. */
const SHRINK = 0.94;

/** Draws the features of all labeled images on the plane of three class means. */
export function projectionView(canvas: HTMLCanvasElement, classes: () => readonly number[]) {
  let shown: Projection | undefined;
  let extent = 0;
  const redraw = drawnCanvas(canvas, (surface) => {
    if (shown) paint(surface, shown, extent);
  });
  return (snapshot: Snapshot) => {
    shown = projection(snapshot, classes()) ?? shown;
    if (!shown) return;
    const { places, tips, center } = shown;
    const reach = Math.max(
      ...[...places, ...tips].map(([x, y]) => Math.hypot(x - center[0], y - center[1])),
    );
    extent = Math.max(reach, SHRINK * extent);
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
    const [origin] = projected(statistics.meanOfClassMeans, axes, axes.origin);
    const weights = projected(scaledWeights(statistics, classifier), axes);
    const corners = classes.map((c) => means[c]);
    return {
      places: projected(features, axes, axes.origin),
      labels,
      classes,
      means,
      tips: weights.map((tip) => tip.map((value, axis) => value + origin[axis])),
      center: [0, 1].map((axis) => corners.reduce((sum, at) => sum + at[axis], 0) / 3),
    };
  } catch (error) {
    if (error instanceof UndefinedValueError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function paint({ context, width, height }: Surface, shown: Projection, extent: number): void {
  const scale = (Math.min(width, height) / 2 - 14) / (extent || 1);
  const { center, classes, labels, places } = shown;
  // The first axis goes up: the triangle stands on its side.
  const x = ([, second]: Place) => width / 2 + (second - center[1]) * scale;
  const y = ([first]: Place) => height / 2 + (first - center[0]) * scale;
  const groups = [
    { isIn: (c: number) => !classes.includes(c), look: { color: "faint", path: circle } } as const,
    ...classes.map((c, k) => ({ isIn: (other: number) => other === c, look: CLASS_LOOKS[k] })),
  ];
  context.globalAlpha = 0.62;
  for (const { isIn, look } of groups) {
    context.beginPath();
    places.forEach((place, n) => {
      if (isIn(labels[n])) look.path(context, x(place), y(place), 3.6);
    });
    context.fillStyle = color(look.color);
    context.fill();
  }
  context.globalAlpha = 1;
  const origin = shown.center;
  classes.forEach((c, k) => {
    const look = CLASS_LOOKS[k];
    const line = (to: Place, dash: number[]) => {
      context.beginPath();
      context.moveTo(x(origin), y(origin));
      context.lineTo(x(to), y(to));
      context.setLineDash(dash);
      context.strokeStyle = color(look.color);
      context.lineWidth = 2;
      context.stroke();
      context.setLineDash([]);
    };
    line(shown.means[c], []);
    line(shown.tips[c], [6, 4]);
    context.beginPath();
    look.path(context, x(shown.means[c]), y(shown.means[c]), 9);
    context.fillStyle = color(look.color);
    context.fill();
    context.strokeStyle = color("text");
    context.lineWidth = 1.5;
    context.stroke();
  });
  context.font = font(15, 700);
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const c of classes) {
    const [px, py] = [x(shown.means[c]), y(shown.means[c])];
    const away = Math.atan2(py - y(origin), px - x(origin));
    const at = (middle: number, offset: number, size: number) =>
      Math.min(Math.max(middle + 20 * offset, 10), size - 10);
    label(
      context,
      String(c),
      at(px, Math.cos(away), width),
      at(py, Math.sin(away), height),
      color("text"),
    );
  }
}
