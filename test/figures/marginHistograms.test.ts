import assert from "node:assert/strict";
import fc from "fast-check";
import { marginHistograms, stepHistograms } from "../../src/figures/marginHistograms";
import { assertClose } from "../support/assertClose";

interface Outline {
  readonly name: string;
  readonly x: number[];
  readonly y: number[];
}
const options = { title: "", axisTitle: "" };

describe("histograms of margins", () => {
  it("each bin shows its share of values, and the last bin includes its right edge", () => {
    const figure = stepHistograms({ vanilla: [0, 1, 1.5, 4] }, { ...options, bins: 4 });
    const [{ name, x, y }] = figure.data as Outline[];
    assert.equal(name, "vanilla");
    assert.deepEqual(x, [0, 1, 2, 3, 4]);
    // The last share is drawn twice: to the bin's right edge.
    assert.deepEqual(y, [25, 50, 0, 25, 25]);
  });

  it("all names have the same bins", () => {
    const figure = stepHistograms({ a: [-2, 0], b: Float32Array.of(6) }, { ...options, bins: 2 });
    const [a, b] = figure.data as Outline[];
    assert.deepEqual(a.x, [-2, 2, 6]);
    assert.deepEqual(b.x, [-2, 2, 6]);
    assert.deepEqual(a.y, [100, 0, 0]);
    assert.deepEqual(b.y, [0, 100, 100]);
  });

  it("the shares of a name sum to 100 %", () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 50 }), (values) => {
        const [{ y }] = marginHistograms({ values }).data as Outline[];
        const total = y.slice(0, -1).reduce((sum, share) => sum + share, 0);
        assertClose(total, 100, 1e-9, { scale: 1 });
      }),
    );
  });

  it("values that are all equal have a bin around them", () => {
    const [{ x, y }] = stepHistograms({ a: [3, 3] }, { ...options, bins: 2 }).data as Outline[];
    assert.deepEqual(x, [2, 3, 4]);
    assert.deepEqual(y, [0, 100, 100]);
    const close = marginHistograms({ a: [0, -5e-324] }).data as Outline[];
    assert.deepEqual(
      close[0].y.filter((share) => share > 0),
      [100],
    );
  });

  it("histograms reject no values, values that are not finite and a bin count of 0", () => {
    assert.throws(() => marginHistograms({}), /values of 1 name or more, got none/);
    assert.throws(() => marginHistograms({ a: [] }), /1 value or more of each name, got none/);
    assert.throws(() => marginHistograms({ a: [0, NaN] }), /expected finite values, got NaN at 1/);
    assert.throws(
      () => stepHistograms({ a: [1] }, { ...options, bins: 0 }),
      /1 bin or more, got 0/,
    );
  });
});
