import assert from "node:assert/strict";
import { equiangularity, maximalAngle } from "../../../src/metrics/collapse/equiangularity";
import { assertClose } from "../../support/assertClose";
import { rounding } from "./examples";

describe("equiangularity", () => {
  it("equiangularity is sqrt(2) / 3 for cosines 0, -1, 0", () => {
    assertClose(equiangularity([1, 0, 0, 5, -2, 0], 2), Math.SQRT2 / 3, rounding);
  });

  it("equiangularity is 0 for equal angles, even if they are not those of a simplex", () => {
    assert.equal(equiangularity([1, 0, 0, 0, 2, 0, 0, 0, 3], 3), 0);
  });

  it("equiangularity and maximalAngle reject a zero vector, NaN and a single vector", () => {
    for (const measure of [equiangularity, maximalAngle]) {
      assert.throws(() => measure([1, 0, 0, 0], 2), /RangeError: .* got zero in row 1/);
      assert.throws(() => measure([1, 0, NaN, 0], 2), /RangeError: expected finite vectors/);
      assert.throws(() => measure([1, 0], 2), /RangeError: expected 2 vectors or more/);
    }
  });
});

describe("maximalAngle", () => {
  it("maximalAngle is the mean of 1/2, 1/2, 1/2 for cosines 0, -1, 0", () => {
    assertClose(maximalAngle([1, 0, 0, 5, -2, 0], 2), 0.5, rounding);
  });

  it("maximalAngle is 1 / (C - 1) for orthogonal vectors", () => {
    assertClose(maximalAngle([1, 0, 0, 0, 2, 0, 0, 0, 3], 3), 0.5, rounding);
  });

  it("maximalAngle is 0 for three directions 120 degrees apart, whatever the lengths", () => {
    const height = Math.sqrt(3) / 2;
    assertClose(maximalAngle([2, 0, -0.5, height, -5, -10 * height], 2), 0, rounding);
  });
});
