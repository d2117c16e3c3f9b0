import assert from "node:assert/strict";
import { classDistanceNormalizedVariance } from "../../../src/metrics/collapse/classDistanceNormalizedVariance";
import { classStatistics } from "../../../src/metrics/collapse/classStatistics";
import { assertClose } from "../../support/assertClose";
import { assertUndefined, coinciding, line, oneClass, rounding } from "./examples";

describe("classDistanceNormalizedVariance", () => {
  it("CDNV is (1 + 1) / (2 * 16) for {0, 2} and {4, 6} on a line", () => {
    assertClose(classDistanceNormalizedVariance(line), 1 / 16, rounding);
  });

  it("CDNV is averaged over pairs of classes, whatever the class sizes", () => {
    // Means 0, 4, 10; variances 1, 0, 9: pairs 1 / 32, 10 / 200 and 9 / 72.
    const statistics = classStatistics([-1, 1, -1, 1, 4, 7, 13], [0, 0, 0, 0, 1, 2, 2], 1, 3);
    assertClose(
      classDistanceNormalizedVariance(statistics),
      (1 / 32 + 1 / 20 + 1 / 8) / 3,
      rounding,
    );
  });

  it("CDNV is undefined if two of three class means coincide and rejects a single class", () => {
    const two = classStatistics([1, 2, 2, 1, 9], [0, 0, 1, 1, 2], 1, 3);
    assertUndefined(
      () => classDistanceNormalizedVariance(two),
      /expected different class means, got identical ones of classes 0 and 1/,
    );
    assertUndefined(() => classDistanceNormalizedVariance(coinciding), /identical/);
    assert.throws(
      () => classDistanceNormalizedVariance(oneClass),
      /expected 2 classes or more, got 1/,
    );
  });
});
