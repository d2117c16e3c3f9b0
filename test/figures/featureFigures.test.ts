import assert from "node:assert/strict";
import {
  classCosineFigure,
  featureFigures,
  spectrumFigure,
  worstClassFigure,
} from "../../src/figures/featureFigures";
import { figureTitle } from "../../src/figures/pages/page";
import type { Figure } from "../../src/figures/figure";
import { evaluateFeatures } from "../../src/training/evaluation/measureFeatures";

interface Trace {
  readonly type?: string;
  readonly name?: string;
  readonly x: unknown[];
  readonly y: unknown[];
  readonly z?: unknown[][];
}
const tracesOf = (figure: Figure) => figure.data as Trace[];

/** Three means at 120 degrees on the unit circle: a simplex of three classes. */
const triangle = [0, 1, 2].flatMap((c) => [
  Math.cos((2 * Math.PI * c) / 3),
  Math.sin((2 * Math.PI * c) / 3),
]);

describe("figures of features", () => {
  it("spectrumFigure draws positive eigenvalues by number, without those of rounding", () => {
    const spectra = { train: { within: [4, 1, 1e-13, 0], between: [2, 2] } };
    assert.deepEqual(
      tracesOf(spectrumFigure(spectra)).map(({ name, x, y }) => ({ name, x, y })),
      [
        { name: "within classes, train", x: [1, 2], y: [4, 1] },
        { name: "between classes, train", x: [1, 2], y: [2, 2] },
      ],
    );
    assert.throws(() => spectrumFigure({ train: { within: [0], between: [0] } }), /above 0/);
  });

  it("classCosineFigure puts the cosine of each pair where its classes cross", () => {
    const means = Float64Array.from([1, 0, 0, 2, -3, 0]);
    const [{ x, z }] = tracesOf(classCosineFigure(means, 2, ["a", "b", "c"]));
    assert.deepEqual(x, ["a", "b", "c"]);
    assert.deepEqual(z, [
      [null, 0, -1],
      [0, null, 0],
      [-1, 0, null],
    ]);
    const many = classCosineFigure(
      Float64Array.from({ length: 61 }, (_, c) => (c % 2) - 0.5),
      1,
    );
    assert.notEqual(tracesOf(many)[0].type, "heatmap");
    const { shapes } = many.layout as { shapes: { x0: number }[] };
    assert.deepEqual(
      shapes.map(({ x0 }) => x0),
      [-1 / 60],
    );
  });

  it("worstClassFigure has the worst classes first, and a line at the mean of all", () => {
    const options = { title: "t", axisTitle: "a", count: 2, classNames: ["a", "b", "c", "d"] };
    const values = [5, null, 1, 3];
    const low = worstClassFigure(values, { ...options, worst: "smallest" });
    assert.deepEqual(
      [tracesOf(low)[0].x, tracesOf(low)[0].y],
      [
        ["c", "d"],
        [1, 3],
      ],
    );
    const [{ y0, y1 }] = (low.layout as { shapes: { y0: number; y1: number }[] }).shapes;
    assert.deepEqual([y0, y1], [3, 3]);
    const high = worstClassFigure(values, { ...options, worst: "largest" });
    assert.deepEqual(tracesOf(high)[0].y, [5, 3]);
    assert.throws(() => worstClassFigure([null], { ...options, worst: "largest" }), /got none/);
  });

  it("featureFigures draws spreads and margins of the features, and leaves out what is undefined", () => {
    // Classes at the corners of a triangle; those of class c are c apart from its corner.
    const labels = [0, 0, 1, 1, 2, 2];
    const features = labels.flatMap((c, n) =>
      [0, 1].map((i) => 10 * triangle[2 * c + i] + (n % 2 === 0 ? c : -c)),
    );
    const weights = triangle;
    const titles = (given: { weights?: number[] }) =>
      featureFigures(evaluateFeatures({ features, labels, ...given })).map(({ figure }) => ({
        title: figureTitle(figure),
        data: tracesOf(figure),
      }));
    const all = titles({ weights });
    const spread = all.find(({ title }) => title.includes("largest spread"))!;
    assert.deepEqual(spread.data[0].x, ["2", "1", "0"]);
    (spread.data[0].y as number[]).forEach((value, i) =>
      assert.ok(Math.abs(value - [8, 2, 0][i]) < 1e-9, String(value)),
    );
    const accuracy = all.find(({ title }) => title.includes("lowest accuracy"))!;
    assert.deepEqual(accuracy.data[0].y, [100, 100, 100]);
    const without = titles({});
    assert.equal(without.length, all.length - 1);
    assert(!without.some(({ title }) => title.includes("argin")));
  });
});
