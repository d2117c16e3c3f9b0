import assert from "node:assert/strict";
import fc from "fast-check";
import { ClassAccumulator } from "../../../src/metrics/collapse/classAccumulator";
import {
  betweenClassCovariance,
  centeredClassMeans,
  classStatistics,
} from "../../../src/metrics/collapse/classStatistics";
import { Random } from "../../../src/numerics/random";
import { randomExamples } from "./examples";

describe("class statistics", () => {
  it("of {0, 2} and {4, 6} on a line are means 1 and 5, S_W = 1 and S_B = 4", () => {
    const statistics = classStatistics([0, 2, 4, 6], [0, 0, 1, 1], 1, 2);
    assert.deepEqual([...statistics.counts], [2, 2]);
    assert.deepEqual([...statistics.classMeans], [1, 5]);
    assert.deepEqual([...statistics.meanOfClassMeans], [3]);
    assert.deepEqual([...statistics.globalMean], [3]);
    assert.deepEqual([...statistics.withinClassCovariance], [1]);
    assert.deepEqual([...betweenClassCovariance(statistics)], [4]);
  });

  it("tell the mean of the examples from the mean of the class means", () => {
    const statistics = classStatistics([0, 0, 0, 4], [0, 0, 0, 1], 1, 2);
    assert.deepEqual([...statistics.globalMean], [1]);
    assert.deepEqual([...statistics.meanOfClassMeans], [2]);
    assert.deepEqual([...centeredClassMeans(statistics)], [-2, 2]);
    assert.deepEqual([...centeredClassMeans(statistics, "globalMean")], [-1, 3]);
    assert.deepEqual([...betweenClassCovariance(statistics)], [4]);
    assert.deepEqual([...betweenClassCovariance(statistics, "globalMean")], [5]);
  });

  it("average S_W over examples, not over classes", () => {
    // Squared deviations 1, 1 and 9, 9, 9, 9: (2 + 36) / 6.
    const statistics = classStatistics([0, 2, 4, 10, 4, 10], [0, 0, 1, 1, 1, 1], 1, 2);
    assert.ok(Math.abs(statistics.withinClassCovariance[0] - 38 / 6) < 1e-14);
  });

  it("hold the covariances between dimensions, symmetric", () => {
    // Deviations of (1, 2) and (-1, -2), then of (2, 0) and (-2, 0).
    const features = [1, 2, -1, -2, 12, 0, 8, 0];
    const statistics = classStatistics(features, [0, 0, 1, 1], 2, 2);
    assert.deepEqual([...statistics.withinClassCovariance], [2.5, 1, 1, 2]);
    assert.deepEqual([...betweenClassCovariance(statistics)], [25, 0, 0, 0]);
  });

  it("keep their digits far from the origin", () => {
    const far = [0, 2, 4, 6].map((value) => value + 1e8);
    assert.deepEqual([...classStatistics(far, [0, 0, 1, 1], 1, 2).withinClassCovariance], [1]);
  });

  it("are the same to the last bit however the examples are cut into batches", () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.nat(5), { maxLength: 20 }), (seed, sizes) => {
        const { features, labels, dim, classCount } = randomExamples(new Random(seed), 3, 4);
        const accumulator = new ClassAccumulator(dim, classCount);
        let start = 0;
        for (const size of [...sizes, labels.length]) {
          const end = Math.min(start + size, labels.length);
          accumulator.add(features.subarray(start * dim, end * dim), labels.slice(start, end));
          start = end;
        }
        const direct = classStatistics(features, labels, dim, classCount);
        assert.deepEqual(accumulator.statistics(), direct);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("do not change when more examples are added to their accumulator", () => {
    const accumulator = new ClassAccumulator(1, 2);
    accumulator.add([0, 2, 4, 6], [0, 0, 1, 1]);
    const before = accumulator.statistics();
    const copy = structuredClone(before);
    accumulator.add([100, 200], [0, 1]);
    assert.deepEqual(before, copy);
    assert.notDeepEqual(accumulator.statistics(), copy);
  });

  it("of a class of one example have the example as its mean and no deviation", () => {
    const statistics = classStatistics([7, 1, 3], [0, 1, 1], 1, 2);
    assert.deepEqual([...statistics.classMeans], [7, 2]);
    assert.ok(Math.abs(statistics.withinClassCovariance[0] - 2 / 3) < 1e-15);
  });

  it("set a centred mean to exact zeros where it is nothing but rounding", () => {
    const statistics = classStatistics([0.1, 0.2, 0.6, 0.6, 0.2, 0.1], [0, 0, 0, 1, 1, 1], 1, 2);
    // The order of the additions shows in the last digit: 0.30000000000000004 and 0.3.
    assert.notEqual(statistics.classMeans[0], statistics.classMeans[1]);
    assert.deepEqual([...centeredClassMeans(statistics)], [0, 0]);
  });

  it("refuse lengths that disagree, labels out of range and features that are not finite", () => {
    const refused = (features: number[], labels: number[], message: RegExp) =>
      assert.throws(() => classStatistics(features, labels, 2, 2), { name: "RangeError", message });
    refused([1, 2, 3], [0, 1], /expected 2 labels x 2 features, got 3 values/);
    refused([1, 2, 3, 4], [0, 2], /expected labels from 0 to 1, got 2 at example 1/);
    refused([1, 2, 3, 4], [-1, 0], /expected labels from 0 to 1, got -1 at example 0/);
    refused([1, 2, 3, 4], [0, 0.5], /expected labels from 0 to 1, got 0.5 at example 1/);
    refused([1, 2, NaN, 4], [0, 1], /expected finite features, got NaN at example 1/);
    refused([1, 2, 3, Infinity], [0, 1], /expected finite features, got Infinity at example 1/);
  });

  it("refuse a class without examples, and so empty input", () => {
    const message = /expected an example of each of 2 classes, got none of class/;
    assert.throws(() => classStatistics([1, 2], [0, 0], 1, 2), { name: "RangeError", message });
    assert.throws(() => classStatistics([], [], 1, 2), { name: "RangeError", message });
  });

  it("are not changed by a batch that is refused", () => {
    const accumulator = new ClassAccumulator(1, 2);
    accumulator.add([0, 2, 4, 6], [0, 0, 1, 1]);
    const before = accumulator.statistics();
    assert.throws(() => accumulator.add([1, NaN], [0, 1]), RangeError);
    assert.deepEqual(accumulator.statistics(), before);
  });

  it("refuse a dimension or class count that is not a whole number of at least 1", () => {
    for (const [dim, classCount] of [
      [0, 2],
      [1.5, 2],
      [2, 0],
      [2, NaN],
    ])
      assert.throws(() => new ClassAccumulator(dim, classCount), RangeError);
  });
});
