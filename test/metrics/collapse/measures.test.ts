import assert from "node:assert/strict";
import { classStatistics } from "../../../src/metrics/collapse/classStatistics";
import { equiangularity, maximalAngle } from "../../../src/metrics/collapse/equiangularity";
import { equinorm } from "../../../src/metrics/collapse/equinorm";
import { measureCollapse } from "../../../src/metrics/collapse/measureCollapse";
import { selfDuality } from "../../../src/metrics/collapse/selfDuality";
import {
  covarianceTraceRatio,
  withinClassVariability,
} from "../../../src/metrics/collapse/withinClassVariability";
import { assertClose } from "./examples";

// Hand values are a few operations away from their inputs: rounding stays below this.
const rounding = 1e-14;

const line = classStatistics([0, 2, 4, 6], [0, 0, 1, 1], 1, 2);

/** Class means (+-2, 0) and (0, +-1): S_B = diag(2, 1/2); deviations +-(1, 1): S_W all ones. */
const cross = classStatistics(
  [3, 1, 1, -1, -1, 1, -3, -1, 1, 2, -1, 0, 1, 0, -1, -2],
  [0, 0, 1, 1, 2, 2, 3, 3],
  2,
  4,
);

describe("withinClassVariability", () => {
  it("is (1/4) / 2 for {0, 2} and {4, 6} on a line", () => {
    assertClose(withinClassVariability(line), 0.125, rounding);
  });

  it("weighs each direction by the inverse of S_B: (1/2 + 2) / 4 for a cross of four classes", () => {
    assertClose(withinClassVariability(cross), 0.625, rounding);
  });

  it("leaves out directions in which the class means do not differ", () => {
    // Class means (-1, 0) and (1, 0); deviations (0, +-5) only.
    const statistics = classStatistics([-1, 5, -1, -5, 1, 5, 1, -5], [0, 0, 1, 1], 2, 2);
    assertClose(withinClassVariability(statistics), 0, rounding);
    assertClose(covarianceTraceRatio(statistics), 25, rounding);
  });

  it("leaves out directions in which class means on one line differ only by rounding", () => {
    // Means at 0.1, 0.2 and 0.4 of (1, 3); deviations (+-3, -+1) of the first class across the line.
    // In binary the three are not quite on it, and counting that direction would give 1e32.
    const features = [3.1, 3 * 0.1 - 1, 0.1 - 3, 3 * 0.1 + 1, 0.2, 3 * 0.2, 0.4, 3 * 0.4];
    const statistics = classStatistics(features, [0, 0, 1, 2], 2, 3);
    assertClose(withinClassVariability(statistics), 0, rounding);
  });

  it("depends on which mean is the centre if classes are not balanced", () => {
    // S_W = (1 + 1 + 1 + 1 + 0) / 5; means 1 and 5; S_B = 4 about 3, but (0.64 + 10.24) / 2 about 1.8.
    const statistics = classStatistics([0, 2, 0, 2, 5], [0, 0, 0, 0, 1], 1, 2);
    assertClose(withinClassVariability(statistics), 0.8 / 4 / 2, rounding);
    assertClose(withinClassVariability(statistics, "globalMean"), 0.8 / 5.44 / 2, rounding);
    assertClose(covarianceTraceRatio(statistics, "globalMean"), 0.8 / 5.44, rounding);
  });

  it("is refused where there is one class, or where all class means coincide", () => {
    const one = classStatistics([1, 2], [0, 0], 1, 1);
    const same = classStatistics([0.1, 0.2, 0.6, 0.6, 0.2, 0.1], [0, 0, 0, 1, 1, 1], 1, 2);
    for (const measure of [withinClassVariability, covarianceTraceRatio]) {
      assert.throws(() => measure(one), /RangeError: expected 2 classes or more, got 1/);
      assert.throws(() => measure(same), /RangeError: expected class means that differ/);
    }
  });
});

describe("covarianceTraceRatio", () => {
  it("is 1/4 for {0, 2} and {4, 6} on a line", () => {
    assertClose(covarianceTraceRatio(line), 0.25, rounding);
  });

  it("is (1 + 1) / (2 + 1/2) for a cross of four classes", () => {
    assertClose(covarianceTraceRatio(cross), 0.8, rounding);
  });
});

describe("equinorm", () => {
  it("is 1/2 for norms 1 and 3: population std 1, mean 2", () => {
    assertClose(equinorm([1, 0, 0, -3], 2), 0.5, rounding);
  });

  it("is 0 for vectors of one length, whatever their angles", () => {
    assert.equal(equinorm([3, 4, 5, 0, 5, 0], 2), 0);
  });

  it("is sqrt(C - 1), its largest value, if all vectors but one are zero", () => {
    assertClose(equinorm([0, 0, 0, 7, 0], 1), 2, rounding);
  });

  it("is refused for zeros only, one vector, a wrong length and values that are not finite", () => {
    assert.throws(() => equinorm([0, 0], 1), /RangeError: expected a vector that is not zero/);
    assert.throws(() => equinorm([1, 2], 2), /RangeError: expected 2 vectors or more/);
    assert.throws(() => equinorm([1, 2, 3], 2), /RangeError: expected 2 vectors or more/);
    assert.throws(() => equinorm([], 2), /RangeError: expected 2 vectors or more/);
    assert.throws(() => equinorm([1, NaN], 1), /RangeError: expected finite vectors, got NaN/);
  });
});

describe("equiangularity", () => {
  it("is sqrt(2) / 3 for cosines 0, -1, 0", () => {
    assertClose(equiangularity([1, 0, 0, 5, -2, 0], 2), Math.SQRT2 / 3, rounding);
  });

  it("is 0 for equal angles that are not those of a simplex", () => {
    assert.equal(equiangularity([1, 0, 0, 0, 2, 0, 0, 0, 3], 3), 0);
  });

  it("is refused, like the maximal angle, where a vector is zero or not finite", () => {
    for (const measure of [equiangularity, maximalAngle]) {
      assert.throws(() => measure([1, 0, 0, 0], 2), /RangeError: .* got zero at row 1/);
      assert.throws(() => measure([1, 0, NaN, 0], 2), /RangeError: expected finite vectors/);
      assert.throws(() => measure([1, 0], 2), /RangeError: expected 2 vectors or more/);
    }
  });
});

describe("maximalAngle", () => {
  it("is the mean of 1/2, 1/2, 1/2 for cosines 0, -1, 0", () => {
    assertClose(maximalAngle([1, 0, 0, 5, -2, 0], 2), 0.5, rounding);
  });

  it("is 1 / (C - 1) for orthogonal vectors", () => {
    assertClose(maximalAngle([1, 0, 0, 0, 2, 0, 0, 0, 3], 3), 0.5, rounding);
  });

  it("is 0 for three directions 120 degrees apart, of any lengths", () => {
    const height = Math.sqrt(3) / 2;
    assertClose(maximalAngle([2, 0, -0.5, height, -5, -10 * height], 2), 0, rounding);
  });
});

describe("selfDuality", () => {
  it("is 0 for a multiple, sqrt(2) for orthogonal, 2 for opposite matrices", () => {
    assertClose(selfDuality([1, 2, 3, 4], [10, 20, 30, 40], 2), 0, rounding);
    assertClose(selfDuality([1, 0, 0, 1], [0, 3, 3, 0], 2), Math.SQRT2, rounding);
    assertClose(selfDuality([1, 2, 3, 4], [-2, -4, -6, -8], 2), 2, rounding);
  });

  it("scales the whole matrix, not each row", () => {
    // (3, 4) / 5 against (4, 3) / 5.
    assertClose(selfDuality([3, 4], [4, 3], 1), Math.SQRT2 / 5, rounding);
  });

  it("is refused for zero matrices and lengths that disagree", () => {
    assert.throws(() => selfDuality([0, 0], [1, 2], 1), /RangeError: expected a classifier, got/);
    assert.throws(() => selfDuality([1, 2], [0, 0], 1), /RangeError: expected class means that/);
    assert.throws(
      () => selfDuality([1, 2, 3], [1, 2], 1),
      /RangeError: expected a classifier of 2/,
    );
  });
});

describe("measureCollapse", () => {
  const classifier = { weights: [1, -3], bias: [0, 0] };

  it("gives every measure of {0, 2} and {4, 6} with classifier rows 1 and -3", () => {
    // Centred means -2, 2; W / |W| = (1, -3) / sqrt(10), M / |M| = (-1, 1) / sqrt(2).
    const measures = measureCollapse({ statistics: line, classifier });
    const expected = {
      withinClassVariability: 0.125,
      covarianceTraceRatio: 0.25,
      meansEquinorm: 0,
      classifierEquinorm: 0.5,
      meansEquiangularity: 0,
      classifierEquiangularity: 0,
      meansMaximalAngle: 0,
      classifierMaximalAngle: 0,
      selfDuality: Math.sqrt(2 + 8 / Math.sqrt(20)),
    };
    assert.deepEqual(Object.keys(measures), Object.keys(expected));
    for (const [name, value] of Object.entries(expected))
      assertClose(measures[name as keyof typeof expected] ?? NaN, value, rounding, name);
  });

  it("gives null for what is not defined where class means coincide", () => {
    const statistics = classStatistics([0.1, 0.2, 0.6, 0.6, 0.2, 0.1], [0, 0, 0, 1, 1, 1], 1, 2);
    assert.deepEqual(measureCollapse({ statistics, classifier }), {
      withinClassVariability: null,
      covarianceTraceRatio: null,
      meansEquinorm: null,
      classifierEquinorm: 0.5,
      meansEquiangularity: null,
      classifierEquiangularity: 0,
      meansMaximalAngle: null,
      classifierMaximalAngle: 0,
      selfDuality: null,
    });
  });

  it("gives null for what is not defined where the classifier is zero", () => {
    const zero = { weights: [0, 0], bias: [0, 0] };
    const measures = measureCollapse({ statistics: line, classifier: zero });
    const undefinedOnes = Object.entries(measures).flatMap(([name, value]) =>
      value === null ? [name] : [],
    );
    assert.deepEqual(undefinedOnes, [
      "classifierEquinorm",
      "classifierEquiangularity",
      "classifierMaximalAngle",
      "selfDuality",
    ]);
  });

  it("gives null for the angles alone where a single vector is zero", () => {
    // Means -1, 0, 1: the second is the centre. Norms 1, 0, 1: std sqrt(2)/3 over mean 2/3.
    const statistics = classStatistics([-1, 0, 1], [0, 1, 2], 1, 3);
    const measures = measureCollapse({
      statistics,
      classifier: { weights: [-1, 0, 1], bias: [0, 0, 0] },
    });
    assertClose(measures.meansEquinorm ?? NaN, Math.SQRT1_2, rounding);
    assertClose(measures.classifierEquinorm ?? NaN, Math.SQRT1_2, rounding);
    assertClose(measures.selfDuality ?? NaN, 0, rounding);
    assert.equal(measures.meansEquiangularity, null);
    assert.equal(measures.classifierEquiangularity, null);
    assert.equal(measures.meansMaximalAngle, null);
    assert.equal(measures.classifierMaximalAngle, null);
  });

  it("refuses one class, and a classifier of another shape or with NaN", () => {
    const one = classStatistics([1, 2], [0, 0], 1, 1);
    const refused = (weights: number[], bias: number[], message: RegExp, statistics = line) =>
      assert.throws(() => measureCollapse({ statistics, classifier: { weights, bias } }), message);
    refused([1], [0], /RangeError: expected 2 vectors or more/, one);
    refused([1, 2, 3], [0, 0], /RangeError: expected 2 x 1 weights and 2 biases, got 3 and 2/);
    refused([1, 2], [0], /RangeError: expected 2 x 1 weights and 2 biases, got 2 and 1/);
    refused([1, NaN], [0, 0], /RangeError: expected finite vectors, got NaN/);
  });
});
