import assert from "node:assert/strict";
import type { Figure } from "../../src/figures/figure";
import { spanningTreeFigure } from "../../src/figures/spanningTreeFigure";
import { assertClose } from "../support/assertClose";

interface Trace {
  readonly name: string;
  readonly x: (number | null)[];
  readonly y: (number | null)[];
}
const traces = (figure: Figure) => figure.data as Trace[];
describe("the spanning tree of projected points", () => {
  // Lengths 0.5 and 2 in the points' own space.
  const points = Float64Array.of(0, 0, 10, 0, 10, 5);
  const tree = { ends: Int32Array.of(1, 2, 0, 1), lengths: Float64Array.of(0.5, 2) };
  const gradient = Float64Array.of(-1, 0, 1, 1, 0, -1);

  it("edges are colored by the tree's lengths, not by the drawn lengths", () => {
    const [below, above] = traces(spanningTreeFigure(points, tree, 1, gradient));
    assert.deepEqual(below.x, [10, 10, null]);
    assert.deepEqual(below.y, [0, 5, null]);
    assert.deepEqual(above.x, [0, 10, null]);
    assert.deepEqual(above.y, [0, 0, null]);
  });

  it("arrows point against the gradient, and the longest spans a tenth of the picture", () => {
    const { annotations } = spanningTreeFigure(points, tree, 1, gradient).layout as {
      annotations: { text: string; x: number; y: number; ax?: number; ay?: number }[];
    };
    const arrows = annotations.filter(({ ax }) => ax !== undefined);
    const moves = arrows.map(({ x, y, ax, ay }) => [x - ax!, y - ay!]);
    const longest = Math.max(...moves.map(([dx, dy]) => Math.hypot(dx, dy)));
    assertClose(longest, 1, 1e-12);
    assert(moves[0][0] > 0 && moves[0][1] === 0);
    assert.deepEqual(
      annotations.slice(0, 2).map(({ text }) => text),
      ["0.50", "2.00"],
    );
  });

  it("spanningTreeFigure rejects a gradient of other points", () => {
    const draw = () => spanningTreeFigure(points, tree, 1, gradient.subarray(2));
    assert.throws(draw, /expected 6 gradient values, got 4/);
  });
});
