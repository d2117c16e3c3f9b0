import assert from "node:assert/strict";
import fc from "fast-check";
import { MEASURES, type Measure } from "../../../src/metrics/collapse/catalogue";
import { classifierLogits } from "../../../src/metrics/collapse/classifier";
import {
  centeredClassMeans,
  centeredFeatures,
  classStatistics,
} from "../../../src/metrics/collapse/classStatistics";
import {
  collapseReportOf,
  measured,
  measuredValues,
} from "../../../src/metrics/collapse/collapseReport";
import type { ExampleBatch } from "../../../src/metrics/collapse/exampleBatch";
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
import { assertClose } from "../../support/assertClose";
import {
  assertUndefined,
  batchesOf,
  line,
  normals,
  oneClass,
  randomExamples,
  rounding,
  unbalanced,
} from "./examples";

const doubledLabels = ({ labels }: ExampleBatch) => Array.from(labels, (label) => 2 * label);

/** Logits 2.5 - h and h - 2.5: class 1 above 2.5; by the nearest mean it is class 1 above 3. */
const classifier = { weights: [-1, 1], bias: [2.5, -2.5] };

/** Examples measured against the class means 1 and 5 of `line`. */
const against = (
  features: number[],
  labels: number[],
  parts: Partial<GeometryParts> = {},
): Geometry =>
  geometryOf({ examples: [{ features, labels }], classifier, trainStatistics: line, ...parts });

/** The measures of single examples. */
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

describe("geometryOf", () => {
  it("geometryOf matches hand-computed values for 0, 2.8 in class 0 and 4, 6 in class 1", () => {
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
    // All four are on the correct side of mu_G: cosines 1 and -1.
    assert.equal(geometry.cosineMargins?.smallest, 2);
  });

  it("geometryOf is bit-identical for any batch split and equals a direct computation", () => {
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
        const { accuracy, cosineMargins: margins, ...measures } = behavior(cut);
        // From the logits without their offset, not from centered features: other last digits.
        const direct = summarize(cosineMargins(centered, weights, labels, dim));
        assert.equal(margins.count, direct.count);
        for (const name of ["mean", "sampleStd", "smallest"] as const)
          assertClose(margins[name]!, direct[name]!, 1e-13, { what: name });
        const whole = geometryOf({
          examples: [{ features, labels }],
          classifier: network,
          center: "globalMean",
        });
        assert.deepEqual(margins, whole.cosineMargins);
        assert.deepEqual(measures, {
          count: labels.length,
          nearestClassCenterMismatch: mismatch(nearest, predictedClasses(logits, classCount)),
          nearestClassCenterAccuracy: nearestAccuracy(nearest, labels),
          featureNorms: normSummary(features, dim),
          logitMargins: summarize(logitMargins(logits, labels, classCount)),
        });
        const right = logitMargins(logits, labels, classCount).filter((margin) => margin > 0);
        assert.equal(accuracy, right.length / labels.length);
        assert.deepEqual(cut.statistics, statistics);
        assert.deepEqual(cut.means, centeredClassMeans(statistics, "globalMean"));
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("cosine margins are undefined if an example is at mu_G or a classifier row is zero", () => {
    const atMean = against([], [], {
      examples: [
        { features: [0, 3, 6], labels: [0, 0, 1] },
        { features: [6], labels: [1] },
      ],
    });
    assertUndefined(() => atMean.cosineMargins, /other than zero, got zero/);
    assert.equal(atMean.labels.length, 4);
    const untrained = { weights: [0, 1], bias: [0, 0] };
    const zeroRow = against([0, 6], [0, 1], { classifier: untrained });
    assertUndefined(() => zeroRow.cosineMargins, /other than zero, got zero/);
  });

  it("cosine margins use the chosen center", () => {
    // mu_G is 2 and the mean of the examples 1: 1.5 is above the latter only.
    for (const [center, expected] of [
      ["meanOfClassMeans", -2],
      ["globalMean", 2],
    ] as const) {
      const geometry = against([1.5], [1], { trainStatistics: unbalanced, center });
      assert.equal(geometry.cosineMargins?.mean, expected);
    }
  });

  it("geometryOf has the means about both centers and shares the array if they agree", () => {
    const examples = [{ features: [0, 0, 0, 4], labels: [0, 0, 0, 1] }];
    const { means, globalMeans } = geometryOf({ examples, classifier });
    assert.deepEqual([...means], [-2, 2]);
    assert.deepEqual([...globalMeans], [-1, 3]);
    const about = geometryOf({ examples, classifier, center: "globalMean" });
    assert.deepEqual([...about.means], [-1, 3]);
    assert.equal(about.globalMeans, about.means);
  });

  it("predictions use the given logits, and logit margins always use W h + b", () => {
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

  it("the measures of a geometry reject an empty set and invalid values in a later batch", () => {
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

  it("geometryOf rejects one class, an invalid classifier and other training statistics", () => {
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

  it("measures that need a classifier, a bias or a second data set say so without one", () => {
    const reasons = (parts: Partial<GeometryParts>) => {
      const examples = [{ features: [0, 2, 4, 6], labels: [0, 0, 1, 1] }];
      const geometry = geometryOf({ examples, shape: { dim: 1, classCount: 2 }, ...parts });
      const without = new Map<string, string[]>();
      for (const { name, value, reason } of measured(MEASURES, geometry))
        if (value === null) without.set(reason!, [...(without.get(reason!) ?? []), name]);
      return without;
    };
    const outside = ["outOfDistributionOrthogonality"];
    const noClassifier = reasons({});
    const reason = "no classifier was given";
    assert.deepEqual(noClassifier.get("no out-of-distribution examples were given"), outside);
    for (const name of ["accuracy", "biasSum", "selfDuality", "nearestClassCenterMismatch"])
      assert.ok(noClassifier.get(reason)!.includes(name), name);
    for (const name of ["withinClassVariability", "meansEquinorm", "nearestClassCenterAccuracy"])
      assert.ok(!noClassifier.get(reason)!.includes(name), name);
    // Logits without a bias are W h: -1 to class 0 for 0, so that all examples go to class 1.
    const noBias = { classifier: { weights: [-1, 1] }, outOfDistributionMean: [1] };
    // Those of odd index are right.
    assert.deepEqual(
      [...reasons(noBias)],
      [
        ["the classifier has no bias", ["biasSum", "biasCollapse"]],
        [
          "expected a misclassified example: without one, T = 0 has the least cross entropy",
          ["scaledCalibrationError", "scaledCrossEntropy"],
        ],
      ],
    );
  });

  it("a test set that lacks a class has the measures of the others, with their classifiers", () => {
    // The training set has its means at 0, 10 and 4; the test set has classes 0 and 2 alone.
    const trainStatistics = classStatistics([0, 10, 4], [0, 1, 2], 1, 3);
    const network = { weights: [-1, 7, 1], bias: [0, -100, 0] };
    const examples = [{ features: [-1, 1, 4, 6], labels: [0, 0, 2, 2] }];
    const geometry = geometryOf({ examples, classifier: network, trainStatistics });
    assert.deepEqual(geometry.missingClasses, [1]);
    assert.deepEqual([...geometry.means], [-2.5, 2.5]);
    assert.deepEqual(Array.from(geometry.presentWeights), [-1, 1]);
    assert.deepEqual([...geometry.nearest], [0, 0, 2, 2]);
    const values = measuredValues(MEASURES, geometry);
    // S_W = 1 and S_B = 6.25 of two classes; the rows of the classifier point where the means do.
    assertClose(values.withinClassVariability!, 1 / 6.25 / 2, rounding);
    assert.equal(values.selfDuality, 0);
    assert.equal(values.alignment, 0);
    assert.equal(values.classifierNormMean, 3);
    assert.equal(values.nearestClassCenterAccuracy, 1);
    const both = { examples, classifier: network };
    assert.throws(() => geometryOf(both).means, /got none of class 1/);
  });

  it("measures of class means are undefined for a test set of a single class", () => {
    const entries = measured(MEASURES, against([0, 1], [0, 0]));
    const find = (wanted: string) => entries.find(({ name }) => name === wanted)!;
    assert.match(find("withinClassVariability").reason!, /examples of 2 classes or more/);
    assert.equal(find("nearestClassCenterAccuracy").value, 1);
  });

  it("all quantities of single examples that the measures need come from one pass", () => {
    const measures = (MEASURES as readonly Measure[]).filter(
      ({ name, section }) => name !== "oleLoss" && section !== "calibration",
    );
    let passes = 0;
    const all = [{ features: [0, 2, 4, 6], labels: [0, 0, 1, 1] }];
    // geometryOf asks for an iterator to see that it gets a new one each time.
    const examples = { [Symbol.iterator]: () => (passes++, all.values()) };
    const geometry = geometryOf({ examples, classifier });
    passes = 0;
    measured(measures, geometry);
    assert.equal(passes, 2);
    const squares = ({ features }: ExampleBatch) => features.map((value) => value ** 2);
    const last = geometry.together([
      () => geometry.ofExamples(squares)[3],
      () => geometry.ofExamples(doubledLabels)[3],
    ]);
    assert.deepEqual(last, [36, 2]);
    geometry.ofExamples(squares);
    assert.equal(passes, 3);
    // The features of each class and the logits of all are looked at together: a pass each.
    passes = 0;
    measured(MEASURES, geometryOf({ examples, classifier }));
    // One more, in which geometryOf sees that the examples can be iterated again.
    assert.equal(passes, 5);
  });

  it("examples are processed in blocks, whatever the size of a batch", () => {
    const count = 1000;
    const features = Float32Array.from({ length: count }, (_, n) => n);
    const labels = Array.from(features, (n) => n % 2);
    const geometry = against([], [], { examples: [{ features, labels }] });
    let largest = 0;
    const value = geometry.ofExamples((batch) => {
      largest = Math.max(largest, batch.count);
      return batch.features;
    });
    assert.deepEqual([...value], [...features]);
    assert.ok(largest < count);
  });

  it("geometryOf does not check the examples before a measure needs them", () => {
    const geometry = against([NaN], [7]);
    assert.equal(geometry.dim, 1);
    assert.equal(geometry.classCount, 2);
    assert.equal(geometry.classifierNorms.mean, 1);
    assert.throws(() => geometry.statistics, RangeError);
  });
});
