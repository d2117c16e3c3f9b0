import assert from "node:assert/strict";
import fc from "fast-check";
import {
  centeredClassMeans,
  centeredFeatures,
  classStatistics,
  classStatisticsOfBatches,
  meanFeature,
} from "../../../src/metrics/collapse/classStatistics";
import { Random } from "../../../src/numerics/random";
import { assertClose } from "../../support/assertClose";
import {
  batchesOf,
  betweenClassCovariance,
  coinciding,
  normals,
  randomExamples,
  rounding,
} from "./examples";

const sizes = fc.record({
  seed: fc.nat(),
  classCount: fc.integer({ min: 2, max: 5 }),
  dim: fc.integer({ min: 1, max: 8 }),
});
const runs = { seed: 1, numRuns: 60 };

describe("classStatistics", () => {
  it("classes {0, 2} and {4, 6} on a line have means 1 and 5, S_W = 1 and S_B = 4", () => {
    const statistics = classStatistics([0, 2, 4, 6], [0, 0, 1, 1], 1, 2);
    assert.deepEqual([...statistics.counts], [2, 2]);
    assert.deepEqual([...statistics.classMeans], [1, 5]);
    assert.deepEqual([...statistics.meanOfClassMeans], [3]);
    assert.deepEqual([...statistics.globalMean], [3]);
    assert.deepEqual([...statistics.withinClassCovariance], [1]);
    assert.deepEqual([...betweenClassCovariance(statistics)], [4]);
  });

  it("classStatistics separates the mean of all examples from the mean of the class means", () => {
    const statistics = classStatistics([0, 0, 0, 4], [0, 0, 0, 1], 1, 2);
    assert.deepEqual([...statistics.globalMean], [1]);
    assert.deepEqual([...statistics.meanOfClassMeans], [2]);
    assert.deepEqual([...centeredClassMeans(statistics)], [-2, 2]);
    assert.deepEqual([...centeredClassMeans(statistics, "globalMean")], [-1, 3]);
    assert.deepEqual([...betweenClassCovariance(statistics)], [4]);
    assert.deepEqual([...betweenClassCovariance(statistics, "globalMean")], [5]);
  });

  it("classStatistics averages S_W over examples, not over classes", () => {
    // Squared deviations 1, 1 and 9, 9, 9, 9: (2 + 36) / 6.
    const statistics = classStatistics([0, 2, 4, 10, 4, 10], [0, 0, 1, 1, 1, 1], 1, 2);
    assertClose(statistics.withinClassCovariance[0], 38 / 6, 1e-14, { scale: 1 });
  });

  it("S_W and S_B are symmetric and contain the covariances between dimensions", () => {
    // Deviations of (1, 2) and (-1, -2), then of (2, 0) and (-2, 0).
    const features = [1, 2, -1, -2, 12, 0, 8, 0];
    const statistics = classStatistics(features, [0, 0, 1, 1], 2, 2);
    assert.deepEqual([...statistics.withinClassCovariance], [2.5, 1, 1, 2]);
    assert.deepEqual([...betweenClassCovariance(statistics)], [25, 0, 0, 0]);
  });

  it("classStatistics keeps its precision far from the origin", () => {
    const far = [0, 2, 4, 6].map((value) => value + 1e8);
    assert.deepEqual([...classStatistics(far, [0, 0, 1, 1], 1, 2).withinClassCovariance], [1]);
  });

  it("class statistics are bit-identical however the examples are split into batches", () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.nat(5), { maxLength: 20 }), (seed, cuts) => {
        const examples = randomExamples(new Random(seed), 3, 4);
        const { features, labels, dim, classCount } = examples;
        const cut = classStatisticsOfBatches(batchesOf(examples, cuts), dim, classCount);
        assert.deepEqual(cut, classStatistics(features, labels, dim, classCount));
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("classStatisticsOfBatches accepts batches from a generator", () => {
    function* batches() {
      yield { features: [0, 2], labels: [0, 0] };
      yield { features: [4, 6], labels: [1, 1] };
    }
    const direct = classStatistics([0, 2, 4, 6], [0, 0, 1, 1], 1, 2);
    assert.deepEqual(classStatisticsOfBatches(batches(), 1, 2), direct);
  });

  it("a class with one example has that example as its mean and no deviation", () => {
    const statistics = classStatistics([7, 1, 3], [0, 1, 1], 1, 2);
    assert.deepEqual([...statistics.classMeans], [7, 2]);
    assertClose(statistics.withinClassCovariance[0], 2 / 3, 1e-15);
  });

  it("centeredClassMeans returns exact zeros for class means that differ only by rounding", () => {
    const statistics = classStatistics([0.1, 0.2, 0.6, 0.6, 0.2, 0.1], [0, 0, 0, 1, 1, 1], 1, 2);
    // The order of the additions changes the last digit: 0.30000000000000004 and 0.3.
    assert.notEqual(statistics.classMeans[0], statistics.classMeans[1]);
    assert.deepEqual([...centeredClassMeans(statistics)], [0, 0]);
  });

  it("classStatistics rejects mismatched lengths, invalid labels and non-finite features", () => {
    const refused = (features: number[], labels: number[], message: RegExp) =>
      assert.throws(() => classStatistics(features, labels, 2, 2), { name: "RangeError", message });
    refused([1, 2, 3], [0, 1], /expected 2 labels x 2 features, got 3 values/);
    refused([1, 2, 3, 4], [0, 2], /expected labels from 0 to 1, got 2 at example 1/);
    refused([1, 2, 3, 4], [-1, 0], /expected labels from 0 to 1, got -1 at example 0/);
    refused([1, 2, 3, 4], [0, 0.5], /expected labels from 0 to 1, got 0.5 at example 1/);
    refused([1, 2, NaN, 4], [0, 1], /expected finite features, got NaN at example 1/);
    refused([1, 2, 3, Infinity], [0, 1], /expected finite features, got Infinity at example 1/);
  });

  it("classStatistics rejects a class without examples and empty input", () => {
    const message = /expected an example of each of 2 classes, got none of class/;
    assert.throws(() => classStatistics([1, 2], [0, 0], 1, 2), { name: "RangeError", message });
    assert.throws(() => classStatistics([], [], 1, 2), { name: "RangeError", message });
  });

  it("classStatisticsOfBatches rejects an invalid batch and reports the index within it", () => {
    const first = { features: [0, 2, 4, 6], labels: [0, 0, 1, 1] };
    const refused = (features: number[], labels: number[], message: RegExp) =>
      assert.throws(() => classStatisticsOfBatches([first, { features, labels }], 1, 2), {
        name: "RangeError",
        message,
      });
    refused([1, NaN], [0, 1], /expected finite features, got NaN at example 1/);
    refused([1, 2], [0], /expected 1 labels x 1 features, got 2 values/);
    refused([1, 2], [0, 2], /expected labels from 0 to 1, got 2 at example 1/);
  });

  it("classStatisticsOfBatches rejects an empty list of batches", () => {
    assert.throws(() => classStatisticsOfBatches([], 1, 2), {
      name: "RangeError",
      message: /expected an example of each of 2 classes, got none of class 0/,
    });
  });

  it("a dimension or class count that is not a positive integer is rejected", () => {
    for (const [dim, classCount] of [
      [0, 2],
      [1.5, 2],
      [2, 0],
      [2, NaN],
    ])
      assert.throws(() => classStatisticsOfBatches([], dim, classCount), {
        name: "RangeError",
        message: /expected (features of dimension 1|1 class) or more, got/,
      });
  });
});

describe("the variances of the classes", () => {
  it("the class variances of {0, 2} and {4, 10, 4, 10} are 1 and 9", () => {
    const { classVariances } = classStatistics([0, 2, 4, 10, 4, 10], [0, 0, 1, 1, 1, 1], 1, 2);
    assertClose(classVariances, [1, 9], rounding);
  });

  it("the class variance sums over dimensions and is 0 for a class with one example", () => {
    const { classVariances } = classStatistics([1, 2, -1, -2, 7, 7], [0, 0, 1], 2, 2);
    assert.deepEqual([...classVariances], [5, 0]);
  });

  it("the mean of the class variances, weighted by class size, is tr S_W", () => {
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

describe("meanFeature", () => {
  it("meanFeature returns the mean of all examples, however they are split into batches", () => {
    const features = normals(new Random(4), 30);
    const cuts = [0, 3, 3, 24].map((from, i, all) => features.subarray(from, all[i + 1] ?? 30));
    assert.deepEqual(meanFeature(cuts, 3), meanFeature([features], 3));
    assert.deepEqual([...meanFeature([[1, 2, 3, 6]], 2)], [2, 4]);
  });

  it("meanFeature rejects NaN and wrong lengths in any batch, empty input and dimension 0", () => {
    const refused = (batches: number[][], message: RegExp, dim = 2) =>
      assert.throws(() => meanFeature(batches, dim), { name: "RangeError", message });
    const first = [1, 2];
    refused([], /expected an example, got none/);
    refused([[], []], /expected an example, got none/);
    refused([first, [1, 2, 3, NaN]], /expected finite features, got NaN at example 1/);
    refused([first, [1, 2, 3]], /expected features of dimension 2, got 3 values/);
    refused([first], /expected features of dimension 1 or more, got 0/, 0);
  });
});

describe("centeredFeatures", () => {
  it("centeredFeatures returns exact zeros if features differ from mu_G by rounding", () => {
    const features = [0.3, 0.1 + 0.2, 0.5];
    assert.notEqual(features[0], features[1]);
    const [first, second, third] = centeredFeatures(features, coinciding);
    assert.deepEqual([first, second], [0, 0]);
    assertClose(third, 0.2, rounding);
  });
});
