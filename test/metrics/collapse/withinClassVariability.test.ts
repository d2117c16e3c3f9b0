import assert from "node:assert/strict";
import { centeredClassMeans, classStatistics } from "../../../src/metrics/collapse/classStatistics";
import {
  covarianceTraceRatio,
  withinClassVariability,
} from "../../../src/metrics/collapse/withinClassVariability";
import { assertClose } from "../../support/assertClose";
import { coinciding, cross, line, oneClass, rounding } from "./examples";

describe("withinClassVariability", () => {
  it("withinClassVariability is (1/4) / 2 for {0, 2} and {4, 6} on a line", () => {
    assertClose(withinClassVariability(line), 0.125, rounding);
  });

  it("withinClassVariability weights each direction of a cross by the inverse of S_B", () => {
    assertClose(withinClassVariability(cross), 0.625, rounding);
  });

  it("withinClassVariability ignores directions in which the class means do not differ", () => {
    // Class means (-1, 0) and (1, 0); deviations (0, +-5) only.
    const statistics = classStatistics([-1, 5, -1, -5, 1, 5, 1, -5], [0, 0, 1, 1], 2, 2);
    assertClose(withinClassVariability(statistics), 0, rounding);
    assertClose(covarianceTraceRatio(statistics), 25, rounding);
  });

  it("withinClassVariability ignores differences of class means that are only rounding", () => {
    // Means at 0.1, 0.2 and 0.4 of (1, 3); deviations (+-3, -+1) of the first class across the line.
    // In binary the three are not quite on it, and counting that direction would give 1e32.
    const features = [3.1, 3 * 0.1 - 1, 0.1 - 3, 3 * 0.1 + 1, 0.2, 3 * 0.2, 0.4, 3 * 0.4];
    const statistics = classStatistics(features, [0, 0, 1, 2], 2, 3);
    assertClose(withinClassVariability(statistics), 0, rounding);
  });

  it("withinClassVariability depends on the center if classes are unbalanced", () => {
    // S_W = (1 + 1 + 1 + 1 + 0) / 5; means 1 and 5; S_B = 4 about 3, but (0.64 + 10.24) / 2 about 1.8.
    const statistics = classStatistics([0, 2, 0, 2, 5], [0, 0, 0, 0, 1], 1, 2);
    assertClose(withinClassVariability(statistics), 0.8 / 4 / 2, rounding);
    const means = centeredClassMeans(statistics, "globalMean");
    assertClose(withinClassVariability(statistics, means), 0.8 / 5.44 / 2, rounding);
    assertClose(covarianceTraceRatio(statistics, means), 0.8 / 5.44, rounding);
  });

  it("withinClassVariability and the trace ratio reject one class and coinciding means", () => {
    for (const measure of [withinClassVariability, covarianceTraceRatio]) {
      assert.throws(() => measure(oneClass), /RangeError: expected 2 classes or more, got 1/);
      assert.throws(() => measure(coinciding), /RangeError: expected different class means/);
    }
  });
});

describe("covarianceTraceRatio", () => {
  it("covarianceTraceRatio is 1/4 for {0, 2} and {4, 6} on a line", () => {
    assertClose(covarianceTraceRatio(line), 0.25, rounding);
  });

  it("covarianceTraceRatio is (1 + 1) / (2 + 1/2) for a cross of four classes", () => {
    assertClose(covarianceTraceRatio(cross), 0.8, rounding);
  });
});
