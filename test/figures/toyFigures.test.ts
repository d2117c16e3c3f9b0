import assert from "node:assert/strict";
import { ABOVE_BETA, BELOW_BETA } from "../../src/figures/theme";
import { toyGradient, toySpanningTree } from "../../src/figures/toyFigures";
import { spanningTree } from "../../src/metrics/topology/spanningTree";

interface Trace {
  readonly name: string;
  readonly x: (number | null)[];
  readonly y: (number | null)[];
}
interface Note {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly font?: { readonly color: string };
  readonly ax?: number;
  readonly ay?: number;
}

// A right angle: edges (0,0)-(2,0) of length 2 and (2,0)-(2,0.5) of length 0.5.
const points = Float64Array.of(0, 0, 2, 0, 2, 0.5);
const tree = spanningTree(points, 2);
const notes = (layout: object) => (layout as { annotations: Note[] }).annotations;

describe("the figures of a toy sub-batch", () => {
  it("toySpanningTree draws each edge of the tree with its length at the middle", () => {
    const { data, layout } = toySpanningTree(points, tree);
    const [edges, dots] = data as Trace[];
    assert.deepEqual(edges.x, [2, 2, null, 0, 2, null]);
    assert.deepEqual(edges.y, [0, 0.5, null, 0, 0, null]);
    assert.deepEqual(dots.x, [0, 2, 2]);
    assert.deepEqual(dots.y, [0, 0, 0.5]);
    const labels = notes(layout).map(({ text, x, y }) => ({ text, x, y }));
    assert.deepEqual(labels, [
      { text: "0.50", x: 2, y: 0.25 },
      { text: "2.00", x: 1, y: 0 },
    ]);
  });

  it("toyGradient separates edges at beta and draws arrows against the gradient", () => {
    // The loss |2 - 1| + |0.5 - 1|: the gradient by hand.
    const gradient = Float64Array.of(-1, 0, 1, 1, 0, -1);
    const { data, layout } = toyGradient(points, tree, 1, gradient, 0.5);
    const [below, above] = data as Trace[];
    assert.deepEqual([below.name, below.y], ["d < beta: pushed apart", [0, 0.5, null]]);
    assert.deepEqual([above.name, above.x], ["d > beta: pulled together", [0, 2, null]]);
    const colors = notes(layout)
      .slice(0, 2)
      .map(({ text, font }) => [text, font?.color]);
    assert.deepEqual(colors, [
      ["0.50", BELOW_BETA],
      ["2.00", ABOVE_BETA],
    ]);
    const arrows = notes(layout).filter(({ ax }) => ax !== undefined);
    assert.deepEqual(
      arrows.map(({ ax, ay, x, y }) => [ax, ay, x, y]),
      [
        [0, 0, 0.5, 0],
        [2, 0, 1.5, -0.5],
        [2, 0.5, 2, 1],
      ],
    );
  });

  it("toyGradient draws no arrow where the gradient is 0", () => {
    const { layout } = toyGradient(points, tree, 1, new Float64Array(6));
    assert.equal(notes(layout).length, 2);
  });

  it("toy figures reject a tree or a gradient of other points", () => {
    const two = points.subarray(0, 4);
    assert.throws(() => toySpanningTree(two, tree), /spanning tree of 2 points .* got 2 edges/);
    assert.throws(() => toyGradient(points, tree, 1, two), /expected 6 gradient values, got 4/);
  });
});
