import assert from "node:assert/strict";
import fc from "fast-check";
import { clusteringDendrogram } from "../../src/figures/dendrogram";
import type { Figure } from "../../src/figures/figure";
import { spanningTreeFigure } from "../../src/figures/spanningTreeFigure";
import { singleLinkage } from "../../src/metrics/topology/singleLinkage";
import { spanningTree } from "../../src/metrics/topology/spanningTree";

interface Trace {
  readonly name: string;
  readonly x: (number | null)[];
  readonly y: (number | null)[];
}
const traces = (figure: Figure) => figure.data as Trace[];
const leaves = (figure: Figure) =>
  (figure.layout as { xaxis: { ticktext: string[] } }).xaxis.ticktext;
const mergeTree = (...points: number[]) =>
  singleLinkage(spanningTree(Float64Array.from(points), 1));

describe("a dendrogram", () => {
  it("joins points at the scale at which they merge, side by side in its order", () => {
    // On a line 0, 1 and 4: 0 and 1 merge at 1, and with 4 at 3.
    const figure = clusteringDendrogram(mergeTree(0, 4, 1));
    assert.deepEqual(leaves(figure), ["1", "0", "2"]);
    const [{ x, y }] = traces(figure);
    assert.deepEqual(x, [1, 1, 2, 2, null, 0, 0, 1.5, 1.5, null]);
    assert.deepEqual(y, [0, 1, 1, 0, null, 0, 3, 3, 1, null]);
  });

  it("tells merges within a class from those of different classes", () => {
    const figure = clusteringDendrogram(mergeTree(0, 4, 1, 6), [0, 1, 0, 1]);
    const [within, between] = traces(figure);
    assert.deepEqual(within.y, [0, 1, 1, 0, null, 0, 2, 2, 0, null]);
    assert.deepEqual(between.y, [1, 3, 3, 2, null]);
    assert.deepEqual(leaves(figure), ["0", "0", "1", "1"]);
  });

  it("has a bracket for every merge, its top at the merge's time", () => {
    const cloud = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(cloud, (points) => {
        const tree = mergeTree(...points);
        const [{ y }] = traces(clusteringDendrogram(tree));
        assert.deepEqual(
          y.filter((_, i) => i % 5 === 1),
          [...tree.times],
        );
      }),
    );
  });

  it("is drawn of thousands of points that merge one by one", () => {
    const points = Array.from({ length: 3000 }, (_, i) => (i * (i + 1)) / 2);
    assert.equal(leaves(clusteringDendrogram(mergeTree(...points))).length, 3000);
  });

  it("wants a label for each point", () => {
    assert.throws(() => clusteringDendrogram(mergeTree(0, 1), [0]), /each of 2 points, got 1/);
  });
});

describe("the spanning tree of projected points", () => {
  // Lengths 0.5 and 2 in the points' own space.
  const points = Float64Array.of(0, 0, 10, 0, 10, 5);
  const tree = { ends: Int32Array.of(1, 2, 0, 1), lengths: Float64Array.of(0.5, 2) };
  const gradient = Float64Array.of(-1, 0, 1, 1, 0, -1);

  it("colours edges by the tree's own lengths, wherever its points are drawn", () => {
    const [below, above] = traces(spanningTreeFigure(points, tree, 1, gradient));
    assert.deepEqual([below.x, below.y], [[10, 10, null], [0, 5, null]]); // prettier-ignore
    assert.deepEqual([above.x, above.y], [[0, 10, null], [0, 0, null]]); // prettier-ignore
  });

  it("draws arrows against the gradient, the longest a tenth of the picture", () => {
    const { annotations } = spanningTreeFigure(points, tree, 1, gradient).layout as {
      annotations: { text: string; x: number; y: number; ax?: number; ay?: number }[];
    };
    const arrows = annotations.filter(({ ax }) => ax !== undefined);
    const moves = arrows.map(({ x, y, ax, ay }) => [x - ax!, y - ay!]);
    const longest = Math.max(...moves.map(([dx, dy]) => Math.hypot(dx, dy)));
    assert(Math.abs(longest - 1) < 1e-12);
    assert(moves[0][0] > 0 && moves[0][1] === 0);
    assert.deepEqual(
      annotations.slice(0, 2).map(({ text }) => text),
      ["0.50", "2.00"],
    );
  });

  it("refuses a gradient of other points", () => {
    const draw = () => spanningTreeFigure(points, tree, 1, gradient.subarray(2));
    assert.throws(draw, /expected 6 gradient values, got 4/);
  });
});
