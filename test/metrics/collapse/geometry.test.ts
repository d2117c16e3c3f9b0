import assert from "node:assert/strict";
import fc from "fast-check";
import { MEASURES } from "../../../src/metrics/collapse/catalogue";
import { classifierLogits } from "../../../src/metrics/collapse/classifier";
import {
  centeredClassMeans,
  centeredFeatures,
  classStatistics,
} from "../../../src/metrics/collapse/classStatistics";
import { collapseReportOf, measuredValues } from "../../../src/metrics/collapse/collapseReport";
import {
  geometryOf,
  type Geometry,
  type GeometryParts,
} from "../../../src/metrics/collapse/geometry";
import { cosineMargins, logitMargins } from "../../../src/metrics/collapse/margins";
import {
  nearestClassCenterAccuracy as nearestAccuracy,
  nearestClassCenterMismatch as mismatch,
  nearestClassCenters,
  predictedClasses,
} from "../../../src/metrics/collapse/nearestClassCenter";
import { normSummary } from "../../../src/metrics/collapse/norms";
import { summarize } from "../../../src/metrics/collapse/summary";
import { Random } from "../../../src/numerics/random";
import {
  assertClose,
  batchesOf,
  line,
  normals,
  oneClass,
  randomExamples,
  rounding,
  unbalanced,
} from "./examples";

/** Logits 2.5 - h and h - 2.5: class 1 from 2.5 on, where the nearest mean has it from 3 on. */
const classifier = { weights: [-1, 1], bias: [2.5, -2.5] };

/** Examples measured against the class means 1 and 5 of `line`. */
const against = (
  features: number[],
  labels: number[],
  parts: Partial<GeometryParts> = {},
): Geometry =>
  geometryOf({ examples: [{ features, labels }], classifier, trainStatistics: line, ...parts });

/** What is measured example by example. */
function behavior(geometry: Geometry) {
  const ofExamples = MEASURES.filter(({ everyEpoch }) => everyEpoch === "every set");
  const { accuracy, nearestClassCenterMismatch, nearestClassCenterAccuracy } = measuredValues(
    ofExamples,
    geometry,
  );
  return {
    count: geometry.labels.length,
    accuracy,
    nearestClassCenterMismatch,
    nearestClassCenterAccuracy,
    featureNorms: geometry.featureNorms,
    logitMargins: geometry.logitMargins,
    cosineMargins: geometry.cosineMargins,
  };
}

describe("the geometry of a set, taken example by example", () => {
  it("of 0, 2.8 in class 0 and 4, 6 in class 1 is as counted by hand", () => {
    const geometry = against([0, 2.8, 4, 6], [0, 0, 1, 1]);
    const measures = behavior(geometry);
    assert.equal(measures.count, 4);
    assert.equal(measures.accuracy, 0.75);
    assert.equal(measures.nearestClassCenterMismatch, 0.25);
    assert.equal(measures.nearestClassCenterAccuracy, 1);
    assert.deepEqual([...geometry.predicted], [0, 1, 1, 1]);
    assert.deepEqual([...geometry.nearest], [0, 0, 1, 1]);
    assertClose(geometry.featureNorms.mean, 3.2, rounding);
    // Margins 5, -0.6, 3, 7.
    assertClose(geometry.logitMargins.mean, 3.6, rounding);
    assertClose(geometry.logitMargins.smallest, -0.6, rounding);
    // All four lie on their side of mu_G: cosines 1 and -1.
    assert.equal(geometry.cosineMargins?.smallest, 2);
  });

  it("is the same to the last bit however the examples are cut, and that of all together", () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.nat(5), { maxLength: 20 }), (seed, cuts) => {
        const random = new Random(seed);
        const examples = randomExamples(random, 3, 4);
        const { features, labels, dim, classCount, weights } = examples;
        const statistics = classStatistics(features, labels, dim, classCount);
        const network = { weights, bias: normals(random, classCount) };
        const cut = geometryOf({
          examples: batchesOf(examples, cuts),
          classifier: network,
          center: "globalMean",
        });
        const logits = classifierLogits(features, network);
        const centered = centeredFeatures(features, statistics, "globalMean");
        const nearest = nearestClassCenters(features, statistics.classMeans, classCount);
        const { accuracy, ...measures } = behavior(cut);
        assert.deepEqual(measures, {
          count: labels.length,
          nearestClassCenterMismatch: mismatch(nearest, predictedClasses(logits, classCount)),
          nearestClassCenterAccuracy: nearestAccuracy(nearest, labels),
          featureNorms: normSummary(features, dim),
          logitMargins: summarize(logitMargins(logits, labels, classCount)),
          cosineMargins: summarize(cosineMargins(centered, weights, labels, dim)),
        });
        const right = logitMargins(logits, labels, classCount).filter((margin) => margin > 0);
        assert.equal(accuracy, right.length / labels.length);
        assert.deepEqual(cut.statistics, statistics);
        assert.deepEqual(cut.means, centeredClassMeans(statistics, "globalMean"));
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("has no cosine margins where an example is at mu_G or a row of the classifier is zero", () => {
    const atMean = against([], [], {
      examples: [
        { features: [0, 3, 6], labels: [0, 0, 1] },
        { features: [6], labels: [1] },
      ],
    });
    assert.equal(atMean.cosineMargins, null);
    assert.equal(atMean.labels.length, 4);
    const untrained = { weights: [0, 1], bias: [0, 0] };
    assert.equal(against([0, 6], [0, 1], { classifier: untrained }).cosineMargins, null);
  });

  it("takes the mean that is named for the cosine margins", () => {
    // mu_G is 2, the mean of the examples 1: only about the latter is 1.5 above it.
    for (const [center, expected] of [
      ["meanOfClassMeans", -2],
      ["globalMean", 2],
    ] as const) {
      const geometry = against([1.5], [1], { trainStatistics: unbalanced, center });
      assert.equal(geometry.cosineMargins?.mean, expected);
    }
  });

  it("has both centers' means where they are asked for, the same array where they are one", () => {
    const examples = [{ features: [0, 0, 0, 4], labels: [0, 0, 0, 1] }];
    const { means, globalMeans } = geometryOf({ examples, classifier });
    assert.deepEqual([...means], [-2, 2]);
    assert.deepEqual([...globalMeans], [-1, 3]);
    const about = geometryOf({ examples, classifier, center: "globalMean" });
    assert.deepEqual([...about.means], [-1, 3]);
    assert.equal(about.globalMeans, about.means);
  });

  it("has the network's own logits where every batch has them, and W h + b for the margins", () => {
    const logits = [1, 0, 0, 1];
    const own = against([], [], { examples: [{ features: [0, 6], labels: [1, 0], logits }] });
    assert.deepEqual([...own.predicted], [0, 1]);
    // The network reads 0 as class 1, against W h + b.
    const other = against([], [], {
      examples: [
        { features: [0], labels: [1], logits: [0, 1] },
        { features: [6], labels: [1], logits: [0, 1] },
      ],
    });
    assert.deepEqual([...other.predicted], [1, 1]);
    assert.equal(behavior(other).accuracy, 1);
    assert.equal(behavior(other).nearestClassCenterMismatch, 0.5);
    // Logits (2.5, -2.5) of class 1 and (-3.5, 3.5).
    assert.equal(other.logitMargins.smallest, -5);
    assert.equal(other.logitMargins.mean, 1);
  });

  it("refuses no example, NaN, wrong lengths and labels, wherever the batch comes", () => {
    const first = { features: [0], labels: [0] };
    const refused = (
      features: number[],
      labels: number[],
      message: RegExp,
      ofExamples = message,
    ) => {
      const examples = [first, { features, labels }];
      const geometry = against([], [], { examples });
      assert.throws(() => collapseReportOf(geometry), { name: "RangeError", message });
      assert.throws(() => behavior(geometry), { name: "RangeError", message: ofExamples });
    };
    assert.throws(() => against([], []).featureNorms, /RangeError: expected numbers, got none/);
    assert.throws(() => behavior(against([], [])), RangeError);
    const notFinite = /expected finite features, got NaN at example 1/;
    refused([0, NaN], [0, 1], notFinite, /expected finite .* got NaN at example/);
    refused([0, 1], [0], /expected 1 labels x 1 features, got 2/);
    refused([0, 1], [0, 2], /expected labels from 0 to 1, got 2/);
  });

  it("refuses one class, a classifier of no whole dimension and other class means", () => {
    const examples = [{ features: [1, 2], labels: [0, 0] }];
    const refused = (weights: number[], bias: number[], message: RegExp) =>
      assert.throws(() => geometryOf({ examples, classifier: { weights, bias } }), {
        name: "RangeError",
        message,
      });
    refused([1], [0], /expected 2 classes or more, got 1/);
    refused([1, 2, 3], [0, 0], /got 3/);
    refused([1, NaN], [0, 0], /expected finite vectors, got NaN at value 1/);
    refused([1, 2], [0, NaN], /expected finite biases, got NaN at value 1/);
    for (const trainStatistics of [oneClass, classStatistics([1, 2, 3, 4], [0, 1], 2, 2)])
      assert.throws(() => behavior(against([1, 2], [0, 1], { trainStatistics })), RangeError);
  });

  it("computes nothing before it is asked for: examples that are wrong do not matter until then", () => {
    const geometry = against([NaN], [7]);
    assert.equal(geometry.dim, 1);
    assert.equal(geometry.classCount, 2);
    assert.equal(geometry.classifierNorms.mean, 1);
    assert.throws(() => geometry.statistics, RangeError);
  });
});
