import { checkClassifier, type Classifier } from "../metrics/collapse/classifier";
import { centeredClassMeans, type ClassStatistics } from "../metrics/collapse/classStatistics";
import { checkedLabels, type Labels } from "../numerics/labels";
import { frobeniusNorm, rowDot } from "../numerics/vectors";
import type { Figure } from "./figure";
import { CLASS_COLORS, CLASS_SYMBOLS, FAINT } from "./theme";
import { projectionLayout } from "./projectionLayout";
import type { SimplexAxes } from "./simplexAxes";

/** Features to draw, of any set. */
export interface LabeledFeatures {
  /** N x dim, row-major. */
  readonly features: ArrayLike<number>;
  /** N class indices. */
  readonly labels: Labels;
}

/** How the figure is called. */
export interface ProjectionOptions {
  readonly title?: string;
  /** Source of the features, such as "sliding, split 0, 250 training images". */
  readonly subtitle?: string;
  /** Names of the classes; `class 0` and so on unless given. */
  readonly classNames?: readonly string[];
}

/** d coordinates. */
type Place = readonly number[];

/**
 * Features projected on two or three axes, with class means (large, a line to mu_G) and classifier
 * vectors (dashed, from mu_G). The axes' classes have colors and symbols; others are gray.
 *
 * A feature h is drawn at the inner products of h - origin with the axes, a class mean likewise; the
 * classifier's rows w_c, which are directions, as w_c |M|_F / |W|_F with M the centered class means:
 * with self-duality dashed and solid lines coincide. `spanAxes` and `faceAxes` give the axes;
 * `originalAxes` those of the original, for comparison.
 *
 * @param statistics Of the training set, whatever set the features are of.
 * @param classifier Without one, its rows are not drawn.
 * @throws {RangeError} If lengths disagree, a label is out of range, or W or M is zero.
 */
export function simplexProjection(
  { features, labels }: LabeledFeatures,
  statistics: ClassStatistics,
  classifier: Classifier | undefined,
  axes: SimplexAxes,
  options: ProjectionOptions = {},
): Figure {
  const { dim, classCount, classMeans } = statistics;
  if (classifier) checkClassifier(classifier, statistics);
  const numbers = checkedLabels(labels, classCount);
  if (features.length !== labels.length * dim)
    throw new RangeError(`expected ${labels.length} x ${dim} features, got ${features.length}`);
  const places = projected(features, axes, axes.origin);
  const rowsOf = (isDrawn: (label: number) => boolean) =>
    places.filter((_, n) => isDrawn(numbers[n]));
  const others = rowsOf((label) => !axes.classes.includes(label));
  const [center] = projected(statistics.meanOfClassMeans, axes, axes.origin);
  const means = projected(classMeans, axes, axes.origin);
  const weights = classifier && projected(scaledWeights(statistics, classifier), axes);
  const nameOf = (c: number) => options.classNames?.[c] ?? `class ${c}`;
  const data = [
    cloud("other classes", others, axes, { color: FAINT, symbol: "circle" }),
    ...axes.classes.flatMap((c, k) => {
      const look = { color: CLASS_COLORS[k], symbol: CLASS_SYMBOLS[k] };
      const tip = weights?.[c].map((value, i) => value + center[i]);
      const own = rowsOf((label) => label === c);
      return [
        cloud(nameOf(c), own, axes, look),
        spoke(`class mean ${c}`, [center, means[c]], axes, look),
        ...(tip
          ? [spoke(`classifier ${c}, scaled`, [center, tip], axes, { ...look, dash: "dash" })]
          : []),
      ];
    }),
  ];
  const note = `${labels.length} examples`;
  return { data, layout: projectionLayout(axes, { note, ...options }) };
}

/** The inner products of rows less the origin (none: of the rows) with the axes. */
export function projected(
  rows: ArrayLike<number>,
  { vectors, names }: SimplexAxes,
  origin?: Float64Array,
): Place[] {
  const dim = vectors.length / names.length;
  const shifts = names.map((_, axis) => (origin ? rowDot(origin, 0, vectors, axis, dim) : 0));
  return Array.from({ length: rows.length / dim }, (_, row) =>
    shifts.map((shift, axis) => rowDot(rows, row, vectors, axis, dim) - shift),
  );
}

/** The classifier's rows, in the size of the centered class means: W |M|_F / |W|_F. */
export function scaledWeights(statistics: ClassStatistics, { weights }: Classifier): Float64Array {
  const [own, wanted] = [frobeniusNorm(weights), frobeniusNorm(centeredClassMeans(statistics))];
  if (own === 0 || wanted === 0)
    throw new RangeError("expected a classifier and class means that are not all zero");
  return Float64Array.from(weights, (value) => (value * wanted) / own);
}

/** A trace's coordinates by their names, as plotly has them. */
function coordinates(places: readonly Place[], axisCount: number): object {
  const of = (axis: number) => Float32Array.from(places, (place) => place[axis]);
  return axisCount === 2
    ? { type: "scatter", x: of(0), y: of(1) }
    : { type: "scatter3d", x: of(0), y: of(1), z: of(2) };
}

interface ClassLook {
  readonly color: string;
  readonly symbol: string;
  readonly dash?: string;
}

function cloud(name: string, places: readonly Place[], axes: SimplexAxes, look: ClassLook): object {
  const size = axes.names.length === 2 ? 6 : 3;
  return {
    ...coordinates(places, axes.names.length),
    mode: "markers",
    name,
    hoverinfo: "name",
    marker: { ...look, size, opacity: 0.55 },
  };
}

/** A line from mu_G; a class mean has a mark at its end. */
function spoke(name: string, places: readonly Place[], axes: SimplexAxes, look: ClassLook): object {
  const { color, symbol, dash = "solid" } = look;
  const is3d = axes.names.length === 3;
  const size = [0, is3d ? 6 : 14];
  const line = { color: "#000000", width: 1.5 };
  return {
    ...coordinates(places, axes.names.length),
    mode: look.dash ? "lines" : "lines+markers",
    name,
    showlegend: false,
    line: { color, dash, width: is3d ? 5 : 2.5 },
    marker: { color, symbol, size, opacity: 1, line },
  };
}
