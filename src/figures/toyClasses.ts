import type { FeatureSet } from "../data/featureSet";
import type { Figure } from "./figure";
import { axis, CLASS_COLORS, CLASS_SYMBOLS, layout } from "./theme";

/** Three classes of points in the plane, and a vector of a classifier for each. */
export interface ToyClasses {
  /** 12 x 2: four points of each class. */
  readonly features: Float64Array;
  readonly labels: FeatureSet["labels"];
  /** 3 x 2. */
  readonly classifier: { readonly weights: Float64Array; readonly bias: Float64Array };
}

type Point = readonly [number, number];

const CLASSES = 3;
const PER_CLASS = 4;
const SIMPLEX = [90, 210, 330].map((degrees) => turned([2, 0], degrees));
const SKEWED: readonly Point[] = [
  [2, 0],
  [-1, 1],
  [-1, -1],
];

/**
 * Four toys, which depart from neural collapse in a way each: `collapsed` does not; in `spread` each
 * class is four points at distance 1 around its mean; in `skewed` neither the lengths of the class
 * means nor their angles agree; in `turned` the classifier is turned by 45 degrees.
 */
export const TOY_CLASSES: Readonly<Record<string, ToyClasses>> = {
  collapsed: toy(SIMPLEX, 0),
  spread: toy(SIMPLEX, 1),
  skewed: toy(SKEWED, 0),
  turned: toy(
    SIMPLEX,
    1,
    SIMPLEX.map((point) => turned(point, 45)),
  ),
};

function turned([x, y]: Point, degrees: number): Point {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [x * cos - y * sin, x * sin + y * cos];
}

/** Four points around each mean: outwards, inwards and to both sides of it. */
function toy(means: readonly Point[], distance: number, classifier = means): ToyClasses {
  const around = ([x, y]: Point) =>
    [0, 90, 180, 270].map((degrees) => {
      const [dx, dy] = turned([(x * distance) / 2, (y * distance) / 2], degrees);
      return [x + dx, y + dy];
    });
  return {
    features: Float64Array.from(means.flatMap(around).flat()),
    labels: Uint8Array.from({ length: CLASSES * PER_CLASS }, (_, i) => Math.floor(i / PER_CLASS)),
    classifier: {
      weights: Float64Array.from(classifier.flat()),
      bias: new Float64Array(CLASSES),
    },
  };
}

/** Toys beside each other: points by color and mark of their class, the classifier's vectors dotted. */
export function toyClassFigure(toys: Readonly<Record<string, ToyClasses>>): Figure {
  const names = Object.keys(toys);
  const none = { title: { text: "" } };
  const title = names.length === 1 ? "A toy" : `${names.length} toys`;
  const look = layout(title, "dotted: the classifier", none, none);
  const { xaxis, yaxis, ...rest } = look as Record<string, object>;
  const axes = names.flatMap((name, i) => panelAxes(name, i, names.length));
  return {
    data: names.flatMap((name, i) => panel(name, toys[name], i)),
    layout: { ...rest, hovermode: "closest", ...Object.fromEntries(axes) },
  };
}

function panelAxes(name: string, i: number, count: number): [string, object][] {
  const [step, n] = [1.04 / count, i + 2];
  const domain = [i * step, i * step + step - 0.04];
  const range = [-3.2, 3.2];
  return [
    [`xaxis${n}`, axis({ title: { text: name }, domain, range, anchor: `y${n}`, dtick: 2 })],
    [
      `yaxis${n}`,
      axis({
        title: { text: "" },
        range,
        scaleanchor: `x${n}`,
        anchor: `x${n}`,
        dtick: 2,
        showticklabels: i === 0,
      }),
    ],
  ];
}

function panel(name: string, { features, classifier }: ToyClasses, i: number): object[] {
  const axes = { xaxis: `x${i + 2}`, yaxis: `y${i + 2}`, showlegend: false };
  return [...Array(CLASSES).keys()].flatMap((c) => {
    const own = features.subarray(2 * PER_CLASS * c, 2 * PER_CLASS * (c + 1));
    const [x, y] = classifier.weights.subarray(2 * c, 2 * c + 2);
    const line = { color: CLASS_COLORS[c], dash: "dot" };
    const marker = { color: CLASS_COLORS[c], symbol: CLASS_SYMBOLS[c], size: 10 };
    return [
      { ...axes, mode: "lines", x: [0, x], y: [0, y], line, name: `${name}, classifier ${c}` },
      {
        ...axes,
        mode: "markers",
        x: own.filter((_, at) => at % 2 === 0),
        y: own.filter((_, at) => at % 2 === 1),
        marker,
        name: `${name}, class ${c}`,
      },
    ];
  });
}
