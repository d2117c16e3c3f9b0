import assert from "node:assert/strict";
import { interferenceFigure } from "../../src/figures/interferenceFigure";
import { reliabilityFigure } from "../../src/figures/reliabilityFigure";
import { reliabilityBins } from "../../src/metrics/behavior/calibration";
import { assertClose } from "../support/assertClose";

describe("reliabilityFigure", () => {
  const bins = reliabilityBins([0.8, 0.8, 0.8, 1], [0, 0, 0, 0], [0, 0, 1, 0]);

  it("a line has the accuracy of each bin with examples against its confidence, in percent", () => {
    const { data } = reliabilityFigure({ vanilla: bins });
    const [ideal, line] = data as {
      readonly name?: string;
      readonly x: number[];
      readonly y: number[];
      readonly marker?: { readonly size: number[] };
    }[];
    assert.deepEqual(
      [ideal.x, ideal.y],
      [
        [0, 100],
        [0, 100],
      ],
    );
    assertClose(line.x, [80, 100], 1e-12);
    assertClose(line.y, [200 / 3, 100], 1e-12);
    // 3/4 of |2/3 - 0.8|.
    assert.equal(line.name, "vanilla (error 10.00 %)");
    assert.ok(line.marker!.size[0] > line.marker!.size[1]);
  });

  it("every name has a line in its own look", () => {
    const { data } = reliabilityFigure({ vanilla: bins, sliding: bins });
    const colors = data.slice(1).map((line) => (line as { line: { color: string } }).line.color);
    assert.equal(new Set(colors).size, 2);
  });

  it("reliabilityFigure rejects no name and bins without an example", () => {
    assert.throws(() => reliabilityFigure({}), /bins of 1 name or more, got none/);
    assert.throws(() => reliabilityFigure({ a: reliabilityBins([], [], []) }), RangeError);
  });
});

describe("interferenceFigure", () => {
  const grid = [1, -0.5, 0.1, -0.5, 1, -0.7, 0.1, -0.7, 1];
  interface Cells {
    readonly x: string[];
    readonly z: (number | null)[][];
    readonly zmin: number;
    readonly zmax: number;
  }

  it("the grid has the cosines, no diagonal, and colors even about the angle of a simplex", () => {
    const [{ z, x, zmin, zmax }] = interferenceFigure(grid).data as Cells[];
    assert.deepEqual(z, [
      [null, -0.5, 0.1],
      [-0.5, null, -0.7],
      [0.1, -0.7, null],
    ]);
    assert.deepEqual(x, ["0", "1", "2"]);
    assertClose([zmin, zmax], [-0.5 - 0.6, -0.5 + 0.6], 1e-15);
  });

  it("a simplex has one color, and classes have their names", () => {
    const simplex = [1, -1, -1, 1];
    const names = ["cat", "dog"];
    const [{ x, zmin, zmax }] = interferenceFigure(simplex, { classNames: names }).data as Cells[];
    assert.deepEqual(x, names);
    assert.deepEqual([zmin, zmax], [-2, 0]);
  });

  it("interferenceFigure rejects a grid that is not square and names of other classes", () => {
    assert.throws(() => interferenceFigure([1, 2, 3]), /expected C x C cosines .* got 3 values/);
    assert.throws(() => interferenceFigure([1]), /2 classes or more, got 1 values/);
    assert.throws(() => interferenceFigure(grid, { classNames: ["a"] }), /3 class names, got 1/);
  });
});
