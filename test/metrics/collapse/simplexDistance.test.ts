import assert from "node:assert/strict";
import fc from "fast-check";
import {
  centeredRows,
  simplexDistance,
  simplexDuality,
} from "../../../src/metrics/collapse/simplexDistance";
import { UndefinedMeasureError } from "../../../src/metrics/collapse/undefinedMeasure";
import { rowNorms } from "../../../src/numerics/vectors";
import { Random } from "../../../src/numerics/random";
import { assertAllClose, assertClose, collapsedExamples, rounding } from "./examples";

const height = Math.sqrt(3) / 2;
/** Three directions 120 degrees apart. */
const triangle = [1, 0, -0.5, height, -0.5, -height];
const sizes = fc.record({
  seed: fc.nat(),
  classCount: fc.integer({ min: 2, max: 6 }),
  dim: fc.integer({ min: 2, max: 8 }),
});
const runs = { seed: 1, numRuns: 60 };

describe("simplexDistance", () => {
  it("is 0 for a simplex of any size, rotated", () => {
    assertClose(
      simplexDistance(
        triangle.map((value) => 7 * value),
        2,
      ),
      0,
      rounding,
    );
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        // The dual classifier is a simplex in classCount + dim dimensions.
        const { weights } = collapsedExamples(new Random(seed), classCount, classCount + dim);
        assertClose(simplexDistance(weights, classCount + dim), 0, 1e-13);
      }),
      runs,
    );
  });

  it("is sqrt(2 - 2 sqrt((C - 1) / C)) for C orthogonal vectors of one length", () => {
    assertClose(simplexDistance([1, 0, 0, 1], 2), Math.sqrt(2 - Math.SQRT2), rounding);
    const three = [5, 0, 0, 0, 5, 0, 0, 0, 5];
    assertClose(simplexDistance(three, 3), Math.sqrt(2 - 2 * Math.sqrt(2 / 3)), rounding);
  });

  it("sees what angles do not: a simplex with one vector of another length", () => {
    // G = (4, -2; -2, 1), |G| = 5, against (1, -1; -1, 1) / 2: squares 0.09, 0.01, 0.01, 0.09.
    assertClose(simplexDistance([2, -1], 1), Math.sqrt(0.2), rounding);
  });

  it("is sqrt(2), its largest value, for equal vectors, and 0 for orthogonal ones once centered", () => {
    assertClose(simplexDistance([3, 4, 3, 4], 2), Math.SQRT2, rounding);
    assertClose(simplexDistance(centeredRows([5, 0, 0, 0, 5, 0, 0, 0, 5], 3), 3), 0, rounding);
  });

  it("is not defined for zeros only, and refused for one vector, NaN and values too large", () => {
    assert.throws(() => simplexDistance([0, 0], 1), UndefinedMeasureError);
    assert.throws(() => simplexDistance([1, 2], 2), /RangeError: expected 2 vectors or more/);
    assert.throws(() => simplexDistance([], 2), /RangeError: expected 2 vectors or more/);
    assert.throws(() => simplexDistance([1, NaN], 1), /RangeError: expected finite vectors/);
    assert.throws(() => simplexDistance([1e200, 1], 1), /RangeError: expected a finite norm/);
    assert.throws(() => rowNorms([1e200, 1], 1), /RangeError: expected a finite norm/);
  });
});

describe("simplexDuality", () => {
  it("is 0 for a simplex with itself, 2 with its opposite, sqrt(2 - sqrt(2)) for W M = 1", () => {
    const opposite = triangle.map((value) => -3 * value);
    assertClose(
      simplexDuality(
        triangle.map((value) => 7 * value),
        triangle,
        2,
      ),
      0,
      rounding,
    );
    assertClose(simplexDuality(opposite, triangle, 2), 2, rounding);
    assertClose(simplexDuality([1, 0, 0, 1], [1, 0, 0, 1], 2), Math.sqrt(2 - Math.SQRT2), rounding);
  });

  it("is not 0 for a classifier that is dual to means that are no simplex", () => {
    assert.ok(simplexDuality([2, -1], [2, -1], 1) > 0.4);
  });

  it("is not defined for orthogonal matrices, and refused for lengths that disagree", () => {
    assert.throws(() => simplexDuality([1, 0, 2, 0], [0, 1, 0, 3], 2), UndefinedMeasureError);
    assert.throws(
      () => simplexDuality([1, 2, 3], [1, 2], 1),
      /RangeError: expected 2 vectors of 1/,
    );
  });
});

describe("centeredRows", () => {
  it("subtracts the mean row", () => {
    assertAllClose(centeredRows([1, 2, 3, 6], 2), [-1, -2, 1, 2], rounding);
  });
});
