import assert from "node:assert/strict";
import { classStatistics } from "../../../src/metrics/collapse/classStatistics";
import { outOfDistributionOrthogonality } from "../../../src/metrics/collapse/outOfDistributionOrthogonality";
import { assertClose } from "../../support/assertClose";
import { assertUndefined, rounding } from "./examples";

describe("outOfDistributionOrthogonality", () => {
  const statistics = classStatistics([1, 0, 0, 2], [0, 1], 2, 2);

  it("NC5 orthogonality is (0.6 + 0.8) / 2 for means along the axes and a mean (3, 4)", () => {
    assertClose(outOfDistributionOrthogonality(statistics, [3, 4]), 0.7, rounding);
    assertClose(outOfDistributionOrthogonality(statistics, [-3, 4]), 0.7, rounding);
  });

  it("NC5 orthogonality uses class means that are not centered", () => {
    const shifted = classStatistics([11, 0, 10, 2], [0, 1], 2, 2);
    const expected = (1 + 10 / Math.hypot(10, 2)) / 2;
    assertClose(outOfDistributionOrthogonality(shifted, [1, 0]), expected, rounding);
  });

  it("NC5 orthogonality is 0 for a mean orthogonal to all class means", () => {
    const plane = classStatistics([1, 2, 0, 3, 1, 0], [0, 1], 3, 2);
    assert.equal(outOfDistributionOrthogonality(plane, [0, 0, 5]), 0);
  });

  it("NC5 orthogonality is undefined for zero means and rejects NaN and a wrong dimension", () => {
    const zero = classStatistics([0, 0, 0, 2], [0, 1], 2, 2);
    assertUndefined(
      () => outOfDistributionOrthogonality(statistics, [0, 0]),
      /means other than zero, got zero/,
    );
    assertUndefined(
      () => outOfDistributionOrthogonality(zero, [1, 1]),
      /means other than zero, got zero/,
    );
    assert.throws(() => outOfDistributionOrthogonality(statistics, [NaN, 1]), /finite norm/);
    assert.throws(
      () => outOfDistributionOrthogonality(statistics, [1, 2, 3]),
      /RangeError: expected a mean feature of dimension 2, got 3 values/,
    );
  });
});
