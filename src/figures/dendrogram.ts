import { checkLabels } from "../numerics/labels";
import type { MergeTree } from "../metrics/topology/singleLinkage";
import type { Figure } from "./figure";
import { ABOVE_BETA, BELOW_BETA, layout, NEUTRAL } from "./theme";

/** Up to here each point's class stands below it. */
const LABELLED_POINTS = 60;
/** The class of a component of several. */
const MIXED = -1;

/**
 * The merge tree of single linkage: points side by side, joined at the scale at which their
 * components become one. With labels, what joins points of one class is blue and what joins
 * different classes vermilion: separated classes are blue below, vermilion above.
 *
 * @param labels A class index for each of the tree's points.
 * @throws {RangeError} If there are not as many labels as points.
 */
export function clusteringDendrogram(tree: MergeTree, labels?: ArrayLike<number>): Figure {
  const count = tree.times.length + 1;
  if (labels && labels.length !== count)
    throw new RangeError(`expected a label for each of ${count} points, got ${labels.length}`);
  if (labels) checkLabels(labels, Math.max(...Array.from(labels)) + 1);
  const order = leafOrder(tree);
  const classes = labels && nodeClasses(tree, labels);
  const merges = [...tree.times.keys()];
  const isPure = (merge: number) => classes?.[count + merge] !== MIXED;
  const places = nodePlaces(tree, order);
  const data = classes
    ? [
        brackets("within a class", tree, places, merges.filter(isPure), ABOVE_BETA),
        brackets(
          "of different classes",
          tree,
          places,
          merges.filter((e) => !isPure(e)),
          BELOW_BETA,
        ),
      ]
    : [{ ...brackets("merges", tree, places, merges, NEUTRAL), showlegend: false }];
  const x = {
    title: { text: labels ? "points, by their class" : "points" },
    ...{ showgrid: false, ticks: "", tickvals: [...order.keys()] },
    ticktext: [...order].map((point) => `${labels ? labels[point] : point}`),
    ...{ showticklabels: count <= LABELLED_POINTS, tickangle: 0 },
  };
  const y = { title: { text: "scale (feature unit)" }, rangemode: "tozero" };
  const look = layout("At which scale points come together", `${count} points`, x, y);
  return { data, layout: { ...look, hovermode: "closest" } };
}

/** The points from left to right, so that no brackets cross. */
function leafOrder({ left, right, times }: MergeTree): Int32Array {
  const count = times.length + 1;
  const order = new Int32Array(count);
  const open = [2 * count - 2];
  for (let found = 0; found < count;) {
    const node = open.pop()!;
    if (node < count) order[found++] = node;
    else open.push(right[node - count], left[node - count]);
  }
  return order;
}

/** Where each node stands: a point at its place in the order, a component between its two parts. */
function nodePlaces({ left, right, times }: MergeTree, order: Int32Array): Float64Array {
  const count = order.length;
  const places = new Float64Array(2 * count - 1);
  order.forEach((point, place) => (places[point] = place));
  times.forEach((_, e) => (places[count + e] = (places[left[e]] + places[right[e]]) / 2));
  return places;
}

/** The class of each node's points; MIXED where there are several. */
function nodeClasses({ left, right, times }: MergeTree, labels: ArrayLike<number>): Int32Array {
  const count = labels.length;
  const classes = new Int32Array(2 * count - 1);
  classes.set(Array.from(labels));
  times.forEach((_, e) => {
    const [a, b] = [classes[left[e]], classes[right[e]]];
    classes[count + e] = a === b ? a : MIXED;
  });
  return classes;
}

/** Merges as brackets over their two parts, in one trace, a gap after each. */
function brackets(
  name: string,
  { left, right, times }: MergeTree,
  places: Float64Array,
  merges: readonly number[],
  color: string,
): object {
  const count = times.length + 1;
  const height = (node: number) => (node < count ? 0 : times[node - count]);
  return {
    ...{ type: "scatter", mode: "lines", name, line: { color, width: 1.5 }, hoverinfo: "y" },
    x: merges.flatMap((e) => {
      const [a, b] = [places[left[e]], places[right[e]]];
      return [a, a, b, b, null];
    }),
    y: merges.flatMap((e) => [height(left[e]), times[e], times[e], height(right[e]), null]),
  };
}
