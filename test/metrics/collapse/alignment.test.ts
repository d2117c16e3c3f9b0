import assert from "node:assert/strict";
import {
  alignment,
  alignmentCosines,
  alignmentVariance,
} from "../../../src/metrics/collapse/alignment";
import { assertClose, assertUndefined, rounding } from "./examples";

describe("alignment", () => {
  const weights = [1, 0, 0, 1];

  it("is (0 + 1) / 2 with variance 1/4 for cosines 1 and 0", () => {
    const means = [7, 0, 3, 0];
    assert.deepEqual([...alignmentCosines(weights, means, 2)], [1, 0]);
    assert.equal(alignment(weights, means, 2), 0.5);
    assert.equal(alignmentVariance(weights, means, 2), 0.25);
  });

  it("is 0 for rows along the means, whatever their lengths, and 2 against them", () => {
    assertClose(alignment([3, 4, 0, -2], [0.3, 0.4, 0, -7], 2), 0, rounding);
    assertClose(alignment([3, 4, 0, -2], [-3, -4, 0, 1], 2), 2, rounding);
    assertClose(alignmentVariance([3, 4, 0, -2], [-3, -4, 0, 1], 2), 0, rounding);
  });

  it("is not defined for a zero row, and refused for NaN and lengths that disagree", () => {
    assertUndefined(() => alignment([1, 0, 0, 0], [1, 0, 0, 1], 2), /direction, got zero at row 1/);
    assertUndefined(() => alignment([1, 0, 0, 1], [0, 0, 0, 1], 2), /direction, got zero at row 0/);
    assert.throws(() => alignment([1, NaN], [1, 2], 1), /RangeError: expected finite vectors/);
    assert.throws(() => alignment([1, 2, 3], [1, 2], 1), /RangeError: expected a classifier of 2/);
  });
});
