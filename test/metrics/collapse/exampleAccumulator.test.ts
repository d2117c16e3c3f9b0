import assert from "node:assert/strict";
import fc from "fast-check";
import { classifierLogits } from "../../../src/metrics/collapse/classifier";
import { classStatistics } from "../../../src/metrics/collapse/classStatistics";
import {
  centeredFeatures,
  ExampleAccumulator,
} from "../../../src/metrics/collapse/exampleAccumulator";
import { cosineMargins, logitMargins } from "../../../src/metrics/collapse/margins";
import {
  nearestClassCenterAccuracy,
  nearestClassCenterMismatch,
} from "../../../src/metrics/collapse/nearestClassCenter";
import { normSummary } from "../../../src/metrics/collapse/norms";
import { summarize } from "../../../src/metrics/collapse/summary";
import { Random } from "../../../src/numerics/random";
import { assertClose, normals, randomExamples } from "./examples";

// Hand values are a few operations away from their inputs: rounding stays below this.
const rounding = 1e-14;

/** Class means 1 and 5, mu_G 3. */
const line = classStatistics([0, 2, 4, 6], [0, 0, 1, 1], 1, 2);
/** Logits 2.5 - h and h - 2.5: class 1 from 2.5 on, where the nearest mean has it from 3 on. */
const classifier = { weights: [-1, 1], bias: [2.5, -2.5] };

describe("measures taken example by example", () => {
  it("of 0, 2.8 in class 0 and 4, 6 in class 1 are as counted by hand", () => {
    const accumulator = new ExampleAccumulator(line, classifier);
    accumulator.add([0, 2.8, 4, 6], [0, 0, 1, 1]);
    const measures = accumulator.measures();
    assert.equal(measures.count, 4);
    assert.equal(measures.accuracy, 0.75);
    assert.equal(measures.nearestClassCenterMismatch, 0.25);
    assert.equal(measures.nearestClassCenterAccuracy, 1);
    assertClose(measures.featureNorms.mean, 3.2, rounding);
    // Margins 5, -0.6, 3, 7.
    assertClose(measures.logitMargins.mean, 3.6, rounding);
    assertClose(measures.logitMargins.smallest, -0.6, rounding);
    // All four lie on their side of mu_G: cosines 1 and -1.
    assert.equal(measures.cosineMargins?.smallest, 2);
  });

  it("are the same to the last bit however the examples are cut, and those of all at once", () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.nat(5), { maxLength: 20 }), (seed, cuts) => {
        const random = new Random(seed);
        const { features, labels, dim, classCount, weights } = randomExamples(random, 3, 4);
        const statistics = classStatistics(features, labels, dim, classCount);
        const network = { weights, bias: normals(random, classCount) };
        const streamed = new ExampleAccumulator(statistics, network, "globalMean");
        let start = 0;
        for (const size of [...cuts, labels.length]) {
          const end = Math.min(start + size, labels.length);
          streamed.add(features.subarray(start * dim, end * dim), labels.slice(start, end));
          start = end;
        }
        const logits = classifierLogits(features, network);
        const centered = centeredFeatures(features, statistics, "globalMean");
        const { classMeans } = statistics;
        const { accuracy, ...measures } = streamed.measures();
        assert.deepEqual(measures, {
          count: labels.length,
          nearestClassCenterMismatch: nearestClassCenterMismatch(
            ...([features, logits, classMeans, classCount] as const),
          ),
          nearestClassCenterAccuracy: nearestClassCenterAccuracy(
            ...([features, labels, classMeans, classCount] as const),
          ),
          featureNorms: normSummary(features, dim),
          logitMargins: summarize(logitMargins(logits, labels, classCount)),
          cosineMargins: summarize(cosineMargins(centered, weights, labels, dim)),
        });
        const right = logitMargins(logits, labels, classCount).filter((margin) => margin > 0);
        assert.equal(accuracy, right.length / labels.length);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("have no cosine margins where an example is at mu_G or a row of the classifier is zero", () => {
    const atMean = new ExampleAccumulator(line, classifier);
    atMean.add([0, 3, 6], [0, 0, 1]);
    atMean.add([6], [1]);
    assert.equal(atMean.measures().cosineMargins, null);
    assert.equal(atMean.measures().count, 4);
    const untrained = new ExampleAccumulator(line, { weights: [0, 1], bias: [0, 0] });
    untrained.add([0, 6], [0, 1]);
    assert.equal(untrained.measures().cosineMargins, null);
  });

  it("take the mean that is named for the cosine margins", () => {
    // Means 0 and 4; mu_G is 2, that of the examples 1: only about the latter is 1.5 above it.
    const unbalanced = classStatistics([0, 0, 0, 4], [0, 0, 0, 1], 1, 2);
    for (const [center, expected] of [
      ["meanOfClassMeans", -2],
      ["globalMean", 2],
    ] as const) {
      const accumulator = new ExampleAccumulator(unbalanced, classifier, center);
      accumulator.add([1.5], [1]);
      assert.equal(accumulator.measures().cosineMargins?.mean, expected);
    }
  });

  it("are refused for no example, NaN, wrong lengths and labels; what is refused changes nothing", () => {
    const accumulator = new ExampleAccumulator(line, classifier);
    assert.throws(() => accumulator.measures(), /RangeError: expected numbers, got none/);
    accumulator.add([0], [0]);
    const before = accumulator.measures();
    assert.throws(() => accumulator.add([0, NaN], [0, 1]), /RangeError: .* got NaN at example 1/);
    assert.throws(() => accumulator.add([0, 1], [0]), /expected 1 labels x 1 features, got 2/);
    assert.throws(() => accumulator.add([0, 1], [0, 2]), /expected labels from 0 to 1, got 2/);
    assert.deepEqual(accumulator.measures(), before);
  });

  it("are refused for one class and a classifier of another shape", () => {
    const one = classStatistics([1, 2], [0, 0], 1, 1);
    assert.throws(() => new ExampleAccumulator(one, { weights: [1], bias: [0] }), /2 classes/);
    assert.throws(
      () => new ExampleAccumulator(line, { weights: [1, 2, 3], bias: [0, 0] }),
      /RangeError: expected 2 x 1 weights and 2 biases, got 3 and 2/,
    );
  });
});

describe("centred features", () => {
  it("are exact zeros where they differ from mu_G by rounding only", () => {
    const same = classStatistics([0.1, 0.2, 0.6, 0.6, 0.2, 0.1], [0, 0, 0, 1, 1, 1], 1, 2);
    const features = [0.3, 0.1 + 0.2, 0.5];
    assert.notEqual(features[0], features[1]);
    const [first, second, third] = centeredFeatures(features, same);
    assert.deepEqual([first, second], [0, 0]);
    assertClose(third, 0.2, rounding);
  });
});

describe("classifierLogits", () => {
  it("are W h + b: (1, 2; 3, 4)(5, 6) + (10, 20) = (27, 59)", () => {
    const logits = classifierLogits([5, 6], { weights: [1, 2, 3, 4], bias: [10, 20] });
    assert.deepEqual([...logits], [27, 59]);
  });

  it("are refused for lengths that do not fit", () => {
    const refused = /RangeError: expected features and 2 rows of weights of one dimension/;
    assert.throws(
      () => classifierLogits([1, 2, 3], { weights: [1, 2, 3, 4], bias: [0, 0] }),
      refused,
    );
    assert.throws(() => classifierLogits([1, 2], { weights: [1, 2, 3], bias: [0, 0] }), refused);
  });
});
