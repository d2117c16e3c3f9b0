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
import { assertClose } from "../../support/assertClose";
import { collapsedExamples, rounding } from "./examples";

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
  it("simplexDistance is 0 for a rotated simplex of any size", () => {
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

  it("simplexDistance is sqrt(2 - 2 sqrt((C - 1) / C)) for C equally long orthogonal rows", () => {
    assertClose(simplexDistance([1, 0, 0, 1], 2), Math.sqrt(2 - Math.SQRT2), rounding);
    const three = [5, 0, 0, 0, 5, 0, 0, 0, 5];
    assertClose(simplexDistance(three, 3), Math.sqrt(2 - 2 * Math.sqrt(2 / 3)), rounding);
  });

  it("simplexDistance detects a vector of another length, which the angles do not show", () => {
    // G = (4, -2; -2, 1), |G| = 5, against (1, -1; -1, 1) / 2: squares 0.09, 0.01, 0.01, 0.09.
    assertClose(simplexDistance([2, -1], 1), Math.sqrt(0.2), rounding);
  });

  it("simplexDistance is sqrt(2) for equal rows and 0 for centered orthogonal rows", () => {
    assertClose(simplexDistance([3, 4, 3, 4], 2), Math.SQRT2, rounding);
    assertClose(simplexDistance(centeredRows([5, 0, 0, 0, 5, 0, 0, 0, 5], 3), 3), 0, rounding);
  });

  it("simplexDistance is undefined for zeros and rejects a single row, NaN and overflow", () => {
    assert.throws(() => simplexDistance([0, 0], 1), UndefinedMeasureError);
    assert.throws(() => simplexDistance([1, 2], 2), /RangeError: expected 2 vectors or more/);
    assert.throws(() => simplexDistance([], 2), /RangeError: expected 2 vectors or more/);
    assert.throws(() => simplexDistance([1, NaN], 1), /RangeError: expected finite vectors/);
    assert.throws(() => simplexDistance([1e200, 1], 1), /RangeError: expected a finite norm/);
    assert.throws(() => rowNorms([1e200, 1], 1), /RangeError: expected a finite norm/);
  });
});

describe("simplexDuality", () => {
  it("simplexDuality is 0 for equal simplices, 2 for opposite ones and 0.77 for W M = 1", () => {
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

  it("simplexDuality is not 0 for a classifier dual to means that are not a simplex", () => {
    assert.ok(simplexDuality([2, -1], [2, -1], 1) > 0.4);
  });

  it("simplexDuality is undefined for orthogonal matrices and rejects mismatched lengths", () => {
    assert.throws(() => simplexDuality([1, 0, 2, 0], [0, 1, 0, 3], 2), UndefinedMeasureError);
    assert.throws(
      () => simplexDuality([1, 2, 3], [1, 2], 1),
      /RangeError: expected 2 vectors of 1/,
    );
  });
});

describe("centeredRows", () => {
  it("centeredRows subtracts the mean row", () => {
    assertClose(centeredRows([1, 2, 3, 6], 2), [-1, -2, 1, 2], rounding);
  });
});
