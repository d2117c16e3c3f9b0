import type { ExampleQuantity } from "../metrics/collapse/exampleBatch";
import type { Geometry } from "../metrics/collapse/geometry";
import { logitMargins } from "../metrics/collapse/margins";
import { UndefinedMeasureError, whereDefined } from "../metrics/collapse/undefinedMeasure";
import { deathTimes } from "../metrics/topology/deathTimes";
import { predictedMasses } from "../metrics/topology/decisionMasses";
import type { Metric } from "../metrics/topology/metric";
import { pairCosines } from "../metrics/collapse/pairCosines";
import { takeRows } from "../numerics/takeRows";
import type { EvaluatedFeatures, evaluateFeatures } from "../training/evaluation/measureFeatures";
import type { Figure } from "./figure";
import { minimalMarginHistograms, stepHistograms } from "./marginHistograms";
import { faceAxes } from "./simplexAxes";
import { simplexProjection } from "./simplexProjection";
import { ABOVE_BETA, BELOW_BETA, layout, NEUTRAL } from "./theme";

/** Eigenvalues of a set's covariances, descending. */
export interface Spectra {
  /** Of S_W. */
  readonly within: ArrayLike<number>;
  /** Of S_B. */
  readonly between: ArrayLike<number>;
}

/**
 * Eigenvalues of the within-class covariance (solid) and of the between-class covariance (dashed)
 * against their number, on logarithmic axes. Eigenvalues below 1e-12 of the largest are left out.
 *
 * @throws {RangeError} If no eigenvalue is above 0.
 */
export function spectrumFigure(spectra: Readonly<Record<string, Spectra>>): Figure {
  const colors = [ABOVE_BETA, BELOW_BETA];
  const data = Object.entries(spectra).flatMap(([set, { within, between }], i) => [
    spectrumLine(`within classes, ${set}`, within, colors[i % 2], "solid"),
    spectrumLine(`between classes, ${set}`, between, colors[i % 2], "dash"),
  ]);
  if (data.every(({ x }) => x.length === 0))
    throw new UndefinedMeasureError("expected an eigenvalue above 0, got none");
  // With more ticks the digits between decades touch.
  const log = { type: "log", exponentformat: "power", nticks: 4 };
  const look = layout(
    "Spectra of the covariances",
    "squared feature units, descending",
    { title: { text: "number of the eigenvalue" }, ...log },
    { title: { text: "eigenvalue" }, ...log, hoverformat: ".3~g" },
  );
  return { data, layout: look };
}

/** Eigenvalues below this share of the largest are rounding. */
const SMALLEST_SHARE = 1e-12;

function spectrumLine(name: string, values: ArrayLike<number>, color: string, dash: string) {
  const largest = Array.from(values).reduce((a, b) => Math.max(a, b), 0);
  const positive = Array.from(values).filter((value) => value > SMALLEST_SHARE * largest);
  return {
    type: "scatter",
    mode: positive.length < 30 ? "lines+markers" : "lines",
    name,
    x: positive.map((_, i) => i + 1),
    y: positive,
    line: { color, dash, width: 2 },
    marker: { color, size: 5 },
  };
}

/** More classes than this are drawn as a histogram of their cosines. */
const LARGEST_MATRIX = 60;

/**
 * Cosines between the centered class means: a matrix of colors, or for more than 60 classes a
 * histogram of all pairs. In a simplex ETF all are -1 / (C - 1).
 *
 * @param means C x dim, the class means less mu_G.
 * @throws {RangeError} If a mean is zero.
 */
export function classCosineFigure(
  means: Float64Array,
  dim: number,
  classNames?: readonly string[],
): Figure {
  const count = means.length / dim;
  const cosines = pairCosines(means, dim);
  const ideal = (-1 / (count - 1)).toPrecision(3);
  const title = "Cosines between class means";
  if (count > LARGEST_MATRIX)
    return stepHistograms(
      { "pairs of classes": cosines },
      { title, axisTitle: "cosine", line: { at: -1 / (count - 1), name: `simplex ETF, ${ideal}` } },
    );
  const names = Array.from({ length: count }, (_, c) => classNames?.[c] ?? String(c));
  const z = names.map((_, a) =>
    names.map((_, b) => (a === b ? null : cosines[pairAt(a, b, count)])),
  );
  const largest = cosines.reduce((least, value) => Math.max(least, Math.abs(value)), 0);
  const heatmap = {
    type: "heatmap",
    x: names,
    y: names,
    z,
    zmin: -largest,
    zmax: largest,
    colorscale: "RdBu",
    reversescale: true,
    hovertemplate: "%{y}, %{x}: %{z:.3f}<extra></extra>",
    colorbar: { title: { text: "cosine", side: "right" } },
  };
  const axis = { title: { text: "class" }, type: "category", showgrid: false, ticks: "" };
  const look = layout(title, `${count} classes; simplex ETF: ${ideal}`, axis, {
    ...axis,
    autorange: "reversed",
  });
  return { data: [heatmap], layout: { ...look, hovermode: "closest", height: 550 } };
}

/** Position of a pair of classes in {@link pairCosines}. */
function pairAt(a: number, b: number, count: number): number {
  const [first, second] = a < b ? [a, b] : [b, a];
  return first * count - (first * (first + 1)) / 2 + second - first - 1;
}

/** Which classes are the worst, and what the bars are. */
export interface WorstClassOptions {
  readonly title: string;
  /** Quantity and unit. */
  readonly axisTitle: string;
  /** Whether small values or large ones are bad. */
  readonly worst: "smallest" | "largest";
  readonly classNames?: readonly string[];
  /** How many; 10 unless given. */
  readonly count?: number;
}

/**
 * Bars of the classes with the worst values, the worst first, and a line at the mean of all classes.
 *
 * @param values One a class; null for classes without a value.
 * @throws {RangeError} If no class has a value.
 */
export function worstClassFigure(
  values: readonly (number | null)[],
  { title, axisTitle, worst, classNames, count = 10 }: WorstClassOptions,
): Figure {
  const known = values.flatMap((value, c) => (value === null ? [] : [{ value, c }]));
  if (known.length === 0)
    throw new UndefinedMeasureError("expected the value of a class, got none");
  const sign = worst === "smallest" ? 1 : -1;
  const bars = known.sort((a, b) => sign * (a.value - b.value)).slice(0, count);
  const mean = known.reduce((sum, { value }) => sum + value, 0) / known.length;
  const data = {
    type: "bar",
    x: bars.map(({ c }) => classNames?.[c] ?? String(c)),
    y: bars.map(({ value }) => value),
    marker: { color: ABOVE_BETA },
    hovertemplate: "%{x}: %{y:.3~g}<extra></extra>",
  };
  const line = { color: NEUTRAL, width: 1.5, dash: "dash" };
  const shape = { type: "line", xref: "paper", yref: "y", x0: 0, x1: 1, y0: mean, y1: mean, line };
  const subtitle = `${bars.length} of ${known.length} classes; dashed: mean of all classes`;
  const x = { title: { text: "class" }, type: "category", showgrid: false };
  const look = layout(title, subtitle, x, { title: { text: axisTitle }, rangemode: "tozero" });
  return { data: [data], layout: { ...look, shapes: [shape], hovermode: "closest" } };
}

/** What the figures of features are drawn with. */
export interface FeatureFigureOptions {
  readonly classNames?: readonly string[];
  readonly metric?: Metric;
}

/** A figure of features with what to see in it. */
export interface FeatureFigure {
  readonly figure: Figure;
  readonly sentence: string;
}

type Evaluated = ReturnType<typeof evaluateFeatures>;

/**
 * The figures of measured features: spectra, cosines of class means, a projection, death times,
 * margins, and the worst classes. Figures of what is not defined are left out.
 */
export function featureFigures(
  evaluated: Evaluated,
  options: FeatureFigureOptions = {},
): FeatureFigure[] {
  const sets = [evaluated.train, evaluated.test].filter((set) => set !== undefined);
  const { geometry } = evaluated.train;
  const { classNames } = options;
  const all: [sentence: string, draw: () => Figure][] = [
    [
      "Within-class eigenvalues far below the between-class ones mean collapse; C - 1 equal between-class ones mean a simplex.",
      () => spectrumFigure(bySet(sets, spectraOf)),
    ],
    [
      "In a simplex ETF all pairs of class means of the training set have one cosine.",
      () => classCosineFigure(geometry.means, geometry.dim, classNames),
    ],
    [
      "The plane through the means of the three classes that are most alike; lines from the center to class means, dashed to the classifier.",
      () => projection(sets[sets.length - 1], geometry, classNames),
    ],
    [
      "Edge lengths of the spanning tree of each class's examples, all classes together: small ones are dense classes.",
      () => deathTimeFigure(sets, options.metric),
    ],
    [
      "Logit of the class less the largest other one; left of 0 are errors.",
      () => minimalMarginHistograms(bySet(sets, ({ geometry: own }) => own.ofExamples(margin))),
    ],
    ["The classes with the most errors.", () => worstAccuracy(sets[sets.length - 1], classNames)],
    [
      "The training set's classes that are the most spread out.",
      () =>
        worstClassFigure(Array.from(geometry.statistics.classVariances), {
          title: "Classes with the largest spread (train)",
          axisTitle: "mean of |h - \u03bc<sub>c</sub>|\u00b2",
          worst: "largest",
          classNames,
        }),
    ],
  ];
  return all.flatMap(([sentence, draw]) => {
    const { value: figure } = whereDefined(draw);
    return figure ? [{ figure, sentence }] : [];
  });
}

const margin: ExampleQuantity = ({ logits, labels, classCount }) =>
  logitMargins(logits, labels, classCount);

const spectraOf = ({ geometry }: EvaluatedFeatures): Spectra => ({
  within: geometry.withinClassEigenvalues,
  between: geometry.betweenClassEigenvalues,
});

const bySet = <T>(sets: readonly EvaluatedFeatures[], of: (set: EvaluatedFeatures) => T) =>
  Object.fromEntries(sets.map((set) => [set.set, of(set)]));

/** Examples that a projection draws at most: of each of the three classes, and of all others. */
const [DRAWN_OF_CLASS, DRAWN_OF_OTHERS] = [300, 1000];

function projection(
  { set, sample }: EvaluatedFeatures,
  geometry: Geometry,
  classNames: readonly string[] | undefined,
): Figure {
  const { statistics, means, dim } = geometry;
  if (sample === undefined || statistics.classCount < 3)
    throw new UndefinedMeasureError("expected 3 classes or more and a sample of the examples");
  const classes = alikeClasses(means, dim);
  const rows = drawnRows(sample.labels, classes);
  const drawn = {
    features: takeRows(sample.features, dim, rows),
    labels: Int32Array.from(rows, (n) => sample.labels[n]),
  };
  const { value: classifier } = whereDefined(() => geometry.classifier);
  const title = `Three classes that are alike (${set})`;
  const axes = faceAxes(statistics, classes);
  return simplexProjection(drawn, statistics, classifier ?? undefined, axes, { title, classNames });
}

/** The two classes whose means have the largest cosine, and the class that is most like both. */
function alikeClasses(means: Float64Array, dim: number): number[] {
  const count = means.length / dim;
  const cosines = pairCosines(means, dim);
  const cosine = (a: number, b: number) => cosines[pairAt(a, b, count)];
  let pair = [0, 1];
  for (let a = 0; a < count; a++)
    for (let b = a + 1; b < count; b++) if (cosine(a, b) > cosine(pair[0], pair[1])) pair = [a, b];
  const [a, b] = pair;
  const others = Array.from({ length: count }, (_, c) => c).filter((c) => c !== a && c !== b);
  const likeness = (c: number) => cosine(a, c) + cosine(b, c);
  return [a, b, others.reduce((best, c) => (likeness(c) > likeness(best) ? c : best))];
}

/** Every n-th example of the classes and of the others, so that the drawing stays small. */
function drawnRows(labels: ArrayLike<number>, classes: readonly number[]): number[] {
  const rows = Array.from(labels, (_, n) => n);
  const thinned = (own: number[], most: number) => {
    const step = Math.ceil(own.length / most);
    return own.filter((_, i) => i % step === 0);
  };
  return [
    ...classes.flatMap((c) =>
      thinned(
        rows.filter((n) => labels[n] === c),
        DRAWN_OF_CLASS,
      ),
    ),
    ...thinned(
      rows.filter((n) => !classes.includes(labels[n])),
      DRAWN_OF_OTHERS,
    ),
  ];
}

function deathTimeFigure(sets: readonly EvaluatedFeatures[], metric: Metric = "L2"): Figure {
  const times = sets.flatMap(({ set, sample, geometry: { dim } }) => {
    const own = (sample?.classes ?? []).flatMap((features) =>
      features.length < 2 * dim ? [] : [...deathTimes(features, dim, metric)],
    );
    return own.length > 0 ? [[set, own] as const] : [];
  });
  if (times.length === 0) throw new UndefinedMeasureError("expected 2 examples of a class");
  const title = "Death times of the classes";
  const axisTitle = `death time (${metric}, feature unit)`;
  return stepHistograms(Object.fromEntries(times), { title, axisTitle });
}

/** Share of correct examples: of the network, or without its logits of the nearest class mean. */
function worstAccuracy(
  { set, geometry }: EvaluatedFeatures,
  classNames: readonly string[] | undefined,
): Figure {
  const { labels, classCount } = geometry;
  const { value: predicted } = whereDefined(() => geometry.predicted);
  const masses = predictedMasses(predicted ?? geometry.nearest, labels, classCount);
  return worstClassFigure(
    masses.map((mass) => (mass === null ? null : 100 * mass)),
    {
      title: `Classes with the lowest accuracy (${set})`,
      axisTitle: predicted ? "correct (%)" : "nearest class mean correct (%)",
      worst: "smallest",
      classNames,
    },
  );
}
