import assert from "node:assert/strict";
import {
  alignment,
  alignmentCosines,
  alignmentVariance,
} from "../../../src/metrics/collapse/alignment";
import { assertClose } from "../../support/assertClose";
import { assertUndefined, rounding } from "./examples";

describe("alignment", () => {
  const weights = [1, 0, 0, 1];

  it("alignment of cosines 1 and 0 is (0 + 1) / 2 with variance 1/4", () => {
    const means = [7, 0, 3, 0];
    assert.deepEqual([...alignmentCosines(weights, means, 2)], [1, 0]);
    assert.equal(alignment(weights, means, 2), 0.5);
    assert.equal(alignmentVariance(weights, means, 2), 0.25);
  });

  it("alignment is 0 for rows parallel to the means and 2 for opposite rows of any length", () => {
    assertClose(alignment([3, 4, 0, -2], [0.3, 0.4, 0, -7], 2), 0, rounding);
    assertClose(alignment([3, 4, 0, -2], [-3, -4, 0, 1], 2), 2, rounding);
    assertClose(alignmentVariance([3, 4, 0, -2], [-3, -4, 0, 1], 2), 0, rounding);
  });

  it("alignment is undefined for a zero row or mean and rejects NaN and mismatched lengths", () => {
    assertUndefined(
      () => alignment([1, 0, 0, 0], [1, 0, 0, 1], 2),
      /other than zero, got zero in row 1/,
    );
    assertUndefined(
      () => alignment([1, 0, 0, 1], [0, 0, 0, 1], 2),
      /other than zero, got zero in row 0/,
    );
    assert.throws(() => alignment([1, NaN], [1, 2], 1), /RangeError: expected finite vectors/);
    assert.throws(() => alignment([1, 2, 3], [1, 2], 1), /RangeError: expected a classifier of 2/);
  });
});
