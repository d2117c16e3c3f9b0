import assert from "node:assert/strict";
import fc from "fast-check";
import {
  alignment,
  alignmentCosines,
  alignmentVariance,
} from "../../../src/metrics/collapse/alignment";
import { biasCollapse } from "../../../src/metrics/collapse/biasCollapse";
import { classDistanceNormalizedVariance } from "../../../src/metrics/collapse/classDistanceNormalizedVariance";
import { classStatistics } from "../../../src/metrics/collapse/classStatistics";
import {
  sampleWeightedBetweenClassCovariance,
  totalCovariance,
} from "../../../src/metrics/collapse/covariances";
import { MeanAccumulator } from "../../../src/metrics/collapse/meanAccumulator";
import { outOfDistributionOrthogonality } from "../../../src/metrics/collapse/outOfDistributionOrthogonality";
import {
  UndefinedMeasureError,
  whereDefined,
} from "../../../src/metrics/collapse/undefinedMeasure";
import { variabilityCollapseIndex } from "../../../src/metrics/collapse/variabilityCollapseIndex";
import { Random } from "../../../src/numerics/random";
import { assertAllClose, assertClose, multiply, normals, randomExamples } from "./examples";
import { randomRotation } from "./examples";

// Hand values are a few operations away from their inputs: rounding stays below this.
const rounding = 1e-14;

const line = classStatistics([0, 2, 4, 6], [0, 0, 1, 1], 1, 2);
/** Three examples at 0 and one at 4: means 0 and 4, the mean of the examples is 1. */
const unbalanced = classStatistics([0, 0, 0, 4], [0, 0, 0, 1], 1, 2);
/** Class means (+-2, 0) and (0, +-1): S_B = diag(2, 1/2); deviations +-(1, 1): S_W all ones. */
const cross = classStatistics(
  [3, 1, 1, -1, -1, 1, -3, -1, 1, 2, -1, 0, 1, 0, -1, -2],
  [0, 0, 1, 1, 2, 2, 3, 3],
  2,
  4,
);
const coinciding = classStatistics([0.1, 0.2, 0.6, 0.6, 0.2, 0.1], [0, 0, 0, 1, 1, 1], 1, 2);
const one = classStatistics([1, 2], [0, 0], 1, 1);

function assertUndefined(measure: () => unknown, message: RegExp): void {
  assert.throws(measure, UndefinedMeasureError);
  assert.throws(measure, message);
}

const sizes = fc.record({
  seed: fc.nat(),
  classCount: fc.integer({ min: 2, max: 5 }),
  dim: fc.integer({ min: 1, max: 8 }),
});
const runs = { seed: 1, numRuns: 60 };

describe("the variance of a class", () => {
  it("is the mean squared distance to its mean: 1 for {0, 2}, 9 for {4, 10, 4, 10}", () => {
    const { classVariances } = classStatistics([0, 2, 4, 10, 4, 10], [0, 0, 1, 1, 1, 1], 1, 2);
    assertAllClose(classVariances, [1, 9], rounding);
  });

  it("sums over dimensions, and is 0 for a class of one example", () => {
    const { classVariances } = classStatistics([1, 2, -1, -2, 7, 7], [0, 0, 1], 2, 2);
    assert.deepEqual([...classVariances], [5, 0]);
  });

  it("gives tr S_W when weighted by the numbers of examples", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const { features, labels } = randomExamples(new Random(seed), classCount, dim);
        const statistics = classStatistics(features, labels, dim, classCount);
        const { counts, classVariances, withinClassCovariance } = statistics;
        const trace = withinClassCovariance.reduce(
          (sum, value, i) => sum + (i % (dim + 1) === 0 ? value : 0),
          0,
        );
        const weighted = classVariances.reduce(
          (sum, v, c) => sum + (v * counts[c]) / labels.length,
          0,
        );
        assertClose(weighted, trace, 1e-12);
      }),
      runs,
    );
  });
});

describe("covariances weighted by examples", () => {
  it("are (3 * 1 + 1 * 9) / 4 between {0, 0, 0} and {4}, and about 2 (3 * 4 + 1 * 4) / 4", () => {
    assert.deepEqual([...sampleWeightedBetweenClassCovariance(unbalanced)], [3]);
    const aboutMean = sampleWeightedBetweenClassCovariance(unbalanced, "meanOfClassMeans");
    assert.deepEqual([...aboutMean], [4]);
  });

  it("add up with S_W to the covariance of all examples", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const { features, labels } = randomExamples(new Random(seed), classCount, dim);
        const statistics = classStatistics(features, labels, dim, classCount);
        const direct = new Float64Array(dim * dim);
        const { globalMean } = statistics;
        for (let n = 0; n < labels.length; n++)
          for (let at = 0; at < direct.length; at++) {
            const [i, j] = [Math.floor(at / dim), at % dim];
            const deviation = (k: number) => features[n * dim + k] - globalMean[k];
            direct[at] += (deviation(i) * deviation(j)) / labels.length;
          }
        assertAllClose(totalCovariance(statistics), direct, 1e-12);
      }),
      runs,
    );
  });
});

describe("classDistanceNormalizedVariance", () => {
  it("is (1 + 1) / (2 * 16) for {0, 2} and {4, 6} on a line", () => {
    assertClose(classDistanceNormalizedVariance(line), 1 / 16, rounding);
  });

  it("averages over pairs of classes, whatever their numbers of examples", () => {
    // Means 0, 4, 10; variances 1, 0, 9: pairs 1 / 32, 10 / 200 and 9 / 72.
    const statistics = classStatistics([-1, 1, -1, 1, 4, 7, 13], [0, 0, 0, 0, 1, 2, 2], 1, 3);
    assertClose(
      classDistanceNormalizedVariance(statistics),
      (1 / 32 + 1 / 20 + 1 / 8) / 3,
      rounding,
    );
  });

  it("is not defined where two of three class means coincide, and refused for one class", () => {
    const two = classStatistics([1, 2, 2, 1, 9], [0, 0, 1, 1, 2], 1, 3);
    assertUndefined(
      () => classDistanceNormalizedVariance(two),
      /expected class means that differ, got coinciding ones of classes 0 and 1/,
    );
    assertUndefined(() => classDistanceNormalizedVariance(coinciding), /coinciding/);
    assert.throws(() => classDistanceNormalizedVariance(one), /expected 2 classes or more, got 1/);
  });
});

describe("variabilityCollapseIndex", () => {
  it("is 1 - 4 / 5 for {0, 2} and {4, 6} on a line", () => {
    assertClose(variabilityCollapseIndex(line), 0.2, rounding);
  });

  it("is 1 - (9 / 7) / 2 for a cross of four classes in two dimensions", () => {
    // S_T = (3, 1; 1, 3/2), its inverse (3/2, -1; -1, 3) / 3.5.
    assertClose(variabilityCollapseIndex(cross), 5 / 14, rounding);
  });

  it("weighs classes by their examples, so that it stays within 0 and 1", () => {
    // S_W = 0.8, S_B = 2.56; with classes counting once S_B were 4 or 5.44, and S_T = 3.36.
    const statistics = classStatistics([0, 2, 0, 2, 5], [0, 0, 0, 0, 1], 1, 2);
    assertClose(variabilityCollapseIndex(statistics), 1 - 2.56 / 3.36, rounding);
  });

  it("is 1 where class means coincide, and not defined where all examples do", () => {
    assertClose(variabilityCollapseIndex(coinciding), 1, rounding);
    const same = classStatistics([0.1, 0.1, 0.1], [0, 1, 1], 1, 2);
    assertUndefined(() => variabilityCollapseIndex(same), /expected examples that differ/);
    assert.throws(() => variabilityCollapseIndex(one), /expected 2 classes or more, got 1/);
  });

  it("is 1 - 1 / 2 for three collapsed classes on one line of a plane", () => {
    const statistics = classStatistics([0, 0, 1, 1, 5, 5], [0, 1, 2], 2, 3);
    assertClose(variabilityCollapseIndex(statistics), 0.5, rounding);
  });

  it("leaves out directions in which the examples differ by rounding only", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 8 }), (seed, dim) => {
        const direction = normals(new Random(seed), dim);
        const features = [0, 2, 4, 6].flatMap((at) =>
          Array.from(direction, (u) => at * u + 0.1 * u),
        );
        const statistics = classStatistics(features, [0, 0, 1, 1], dim, 2);
        assertClose(variabilityCollapseIndex(statistics), 0.2, 1e-12);
      }),
      runs,
    );
  });

  it("does not change under invertible affine maps of the features", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const random = new Random(seed);
        const { features, labels } = randomExamples(random, classCount, dim);
        const [left, right] = [randomRotation(random, dim), randomRotation(random, dim)];
        const shift = normals(random, dim);
        const stretched = multiply(features, left, dim, dim).map((x, i) => x * (1 + (i % dim)));
        const mapped = multiply(stretched, right, dim, dim).map((x, i) => x + shift[i % dim]);
        const index = (of: Float64Array) =>
          variabilityCollapseIndex(classStatistics(of, labels, dim, classCount));
        // Rounding is divided by the smallest eigenvalue of S_T.
        assertClose(index(mapped), index(features), 1e-8);
        assert.ok(index(features) >= -1e-8 && index(features) <= 1);
      }),
      runs,
    );
  });

  it("is 0 for fewer examples than dimensions: a linear map sends each class to a point", () => {
    const { features, labels } = randomExamples(new Random(3), 2, 30);
    assert.ok(labels.length < 30);
    assertClose(variabilityCollapseIndex(classStatistics(features, labels, 30, 2)), 0, 1e-10);
  });
});

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

describe("biasCollapse", () => {
  // Means (0, 0) and (4, 8): mu_G is (2, 4), that of the four examples (1, 2).
  const statistics = classStatistics([0, 0, 0, 0, 0, 0, 4, 8], [0, 0, 0, 1], 2, 2);
  const weights = [1, 0, 0, 2];

  it("is the length of the logits at the mean that is named", () => {
    const classifier = { weights, bias: [2, -4] };
    assertClose(biasCollapse(statistics, classifier), Math.hypot(4, 4), rounding);
    assertClose(biasCollapse(statistics, classifier, "globalMean"), 3, rounding);
  });

  it("is 0 for b = -W mu_G, and |b| for a zero classifier", () => {
    assert.equal(biasCollapse(statistics, { weights, bias: [-2, -8] }), 0);
    assert.equal(biasCollapse(statistics, { weights: [0, 0, 0, 0], bias: [3, 4] }), 5);
  });

  it("is refused for a classifier of another shape or with NaN", () => {
    const refused = (w: number[], bias: number[], message: RegExp) =>
      assert.throws(() => biasCollapse(statistics, { weights: w, bias }), message);
    refused([1, 2], [0, 0], /RangeError: expected 2 x 2 weights and 2 biases, got 2 and 2/);
    refused(weights, [0, NaN], /RangeError: expected finite biases, got NaN at value 1/);
  });
});

describe("outOfDistributionOrthogonality", () => {
  const statistics = classStatistics([1, 0, 0, 2], [0, 1], 2, 2);

  it("is (0.6 + 0.8) / 2 for class means along the axes and a mean (3, 4)", () => {
    assertClose(outOfDistributionOrthogonality(statistics, [3, 4]), 0.7, rounding);
    assertClose(outOfDistributionOrthogonality(statistics, [-3, 4]), 0.7, rounding);
  });

  it("centres nothing: features all shifted by (10, 0) have other angles", () => {
    const shifted = classStatistics([11, 0, 10, 2], [0, 1], 2, 2);
    const expected = (1 + 10 / Math.hypot(10, 2)) / 2;
    assertClose(outOfDistributionOrthogonality(shifted, [1, 0]), expected, rounding);
  });

  it("is 0 for a mean orthogonal to all class means", () => {
    const plane = classStatistics([1, 2, 0, 3, 1, 0], [0, 1], 3, 2);
    assert.equal(outOfDistributionOrthogonality(plane, [0, 0, 5]), 0);
  });

  it("is not defined for zero means, and refused for NaN and another dimension", () => {
    const zero = classStatistics([0, 0, 0, 2], [0, 1], 2, 2);
    assertUndefined(() => outOfDistributionOrthogonality(statistics, [0, 0]), /got a zero one/);
    assertUndefined(() => outOfDistributionOrthogonality(zero, [1, 1]), /got a zero one/);
    assert.throws(() => outOfDistributionOrthogonality(statistics, [NaN, 1]), /finite norm/);
    assert.throws(
      () => outOfDistributionOrthogonality(statistics, [1, 2, 3]),
      /RangeError: expected a mean feature of dimension 2, got 3 values/,
    );
  });
});

describe("MeanAccumulator", () => {
  it("gives the mean of all batches, whatever the cut", () => {
    const features = normals(new Random(4), 30);
    const whole = new MeanAccumulator(3);
    whole.add(features);
    const cut = new MeanAccumulator(3);
    for (const [from, to] of [
      [0, 3],
      [3, 3],
      [3, 24],
      [24, 30],
    ])
      cut.add(features.subarray(from, to));
    assert.deepEqual(cut.mean(), whole.mean());
    const mean = new MeanAccumulator(2);
    mean.add([1, 2, 3, 6]);
    assert.deepEqual([...mean.mean()], [2, 4]);
  });

  it("refuses NaN, a wrong length and no example; what is refused changes nothing", () => {
    const mean = new MeanAccumulator(2);
    assert.throws(() => mean.mean(), /RangeError: expected an example, got none/);
    assert.throws(() => mean.add([1, 2, 3, NaN]), /expected finite features, got NaN at example 1/);
    assert.throws(() => mean.add([1, 2, 3]), /expected features of dimension 2, got 3 values/);
    assert.throws(() => mean.mean(), /RangeError: expected an example, got none/);
    assert.throws(() => new MeanAccumulator(0), /RangeError: expected features of dimension 1/);
  });
});

describe("whereDefined", () => {
  it("gives null for an undefined measure and passes every other error on", () => {
    assert.equal(
      whereDefined(() => 3),
      3,
    );
    const undefinedOne = () => {
      throw new UndefinedMeasureError("expected means that differ");
    };
    assert.equal(whereDefined(undefinedOne), null);
    const wrong = () => {
      throw new RangeError("expected labels");
    };
    assert.throws(() => whereDefined(wrong), /expected labels/);
    assert.throws(() => whereDefined(() => NaN), /RangeError: expected a finite measure, got NaN/);
  });
});
