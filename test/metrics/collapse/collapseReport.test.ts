import assert from "node:assert/strict";
import fc from "fast-check";
import { alignment, alignmentVariance } from "../../../src/metrics/collapse/alignment";
import { biasCollapse } from "../../../src/metrics/collapse/biasCollapse";
import { MEASURES } from "../../../src/metrics/collapse/catalogue";
import type { Classifier } from "../../../src/metrics/collapse/classifier";
import {
  centeredClassMeans,
  centeredFeatures,
  classStatistics,
  meanFeature,
} from "../../../src/metrics/collapse/classStatistics";
import {
  collapseReport,
  collapseReportOf,
  measuredValues,
} from "../../../src/metrics/collapse/collapseReport";
import { geometryOf, type GeometryParts } from "../../../src/metrics/collapse/geometry";
import {
  hypersphericalUniformity,
  hypersphericalUniformityExcess,
  rieszKernel,
} from "../../../src/metrics/collapse/hypersphericalUniformity";
import { simplexDistance } from "../../../src/metrics/collapse/simplexDistance";
import {
  betweenClassEigenvalues,
  frobeniusStableRank,
  traceStableRank,
} from "../../../src/metrics/collapse/spectra";
import { cosineMargins } from "../../../src/metrics/collapse/margins";
import { summarize } from "../../../src/metrics/collapse/summary";
import { rowDot } from "../../../src/numerics/vectors";
import { Random } from "../../../src/numerics/random";
import { assertClose } from "../../support/assertClose";
import {
  batchesOf,
  collapsedExamples,
  line,
  multiply,
  normals,
  randomExamples,
  randomRotation,
  rounding,
  type Examples,
} from "./examples";

const sizes = fc.record({
  seed: fc.nat(),
  classCount: fc.integer({ min: 3, max: 5 }),
  dim: fc.integer({ min: 2, max: 7 }),
});
const runs = { seed: 1, numRuns: 40 };

type Network = Examples & { readonly bias: Float64Array; readonly outside: Float64Array };

function randomNetwork(random: Random, classCount: number, dim: number): Network {
  const examples = randomExamples(random, classCount, dim);
  return { ...examples, bias: normals(random, classCount), outside: normals(random, 3 * dim) };
}

function report({ features, labels, weights, bias, outside }: Network) {
  const classifier: Classifier = { weights, bias };
  return collapseReport(features, labels, classifier, { outOfDistributionFeatures: outside });
}

/** The measures of the training set alone that are recorded at every measured epoch. */
function recordedMeasures(parts: GeometryParts) {
  const ofTrain = MEASURES.filter(({ everyEpoch }) => everyEpoch === "train");
  return measuredValues(ofTrain, geometryOf(parts));
}

/** How each measure changes when features are scaled by `feature` and the classifier by `weight`. */
function expectedFactor(name: string, feature: number, weight: number): number | null {
  // They know the unit of the features or of the logits.
  if (/^(meansLogEquinorm|oleLoss|expectedCalibrationError)$/.test(name)) return null;
  if (name === "squaredClassDistanceNormalizedVariance") return feature ** -2;
  if (name === "dotProductVariance") return (feature * weight) ** 2;
  if (name === "temperature") return feature * weight;
  if (name.startsWith("featureNorm") || name === "biasSum") return feature;
  if (name.startsWith("classifierNorm")) return weight;
  if (name.startsWith("logitMargin") || name === "biasCollapse") return feature * weight;
  return 1;
}

/** @param factor null for a measure that may change. */
function assertReports(
  changed: Network,
  network: Network,
  factor: (name: string) => number | null = () => 1,
): void {
  const before = report(network);
  report(changed).forEach(({ name, value }, i) => {
    const expected = factor(name);
    if (expected === null) return;
    assert.equal(value === null, before[i].value === null, name);
    assertClose(value ?? 0, expected * (before[i].value ?? 0), 1e-7, { what: name });
  });
}

describe("collapseReport", () => {
  it("collapseReport matches hand-computed values for {0, 2} and {4, 6} on a line", () => {
    const bias = [0, 1];
    const entries = collapseReport(
      [0, 2, 4, 6],
      [0, 0, 1, 1],
      { weights: [1, -3], bias },
      {
        outOfDistributionFeatures: [-7, -9],
      },
    );
    const rootTwo = Math.SQRT2;
    const confidence = (difference: number) => 1 / (1 + Math.exp(-difference));
    const values: Record<string, number | null> = {
      // Rows 1 and -3, biases 0 and 1; |W|_F = sqrt(10).
      classifierSum: 2 / Math.sqrt(10),
      biasSum: 1 / Math.sqrt(10),
      withinClassVariability: 0.125,
      covarianceTraceRatio: 0.25,
      classDistanceNormalizedVariance: 1 / 16,
      // Variances of 1, as samples of 2; |mu_c - mu_c'| = 4.
      sampleClassDistanceNormalizedVariance: 1 / 8,
      squaredClassDistanceNormalizedVariance: 1 / 256,
      variabilityCollapseIndex: 0.2,
      meansEquinorm: 0,
      meansLogEquinorm: 0,
      classifierEquinorm: 0.5,
      meansEquiangularity: 0,
      classifierEquiangularity: 0,
      meansMaximalAngle: 0,
      meansSignedMaximalAngle: 0,
      classifierMaximalAngle: 0,
      meansSimplexDistance: 0,
      classifierSimplexDistance: 0,
      meansLogUniformity: -Math.LN2,
      meansLogUniformityExcess: 0,
      meansLogUniformityVariation: 0,
      meansRieszUniformity: 0.5,
      meansRieszUniformityExcess: 0,
      meansRieszUniformityVariation: 0,
      selfDuality: Math.sqrt(2 + 8 / Math.sqrt(20)),
      alignment: 2,
      alignmentVariance: 0,
      // 1 x -2 and -3 x 2.
      dotProductVariance: 4,
      // Logits h and 1 - 3 h: class 1 for 0 alone, where the nearest mean is 1.
      nearestClassCenterMismatch: 0.75,
      nearestClassCenterAccuracy: 1,
      biasCollapse: Math.hypot(3, -8),
      outOfDistributionOrthogonality: 1,
      withinClassRank: 1,
      withinClassTraceStableRank: 1,
      withinClassFrobeniusStableRank: 1,
      withinClassEffectiveRank: 1,
      betweenClassRank: 1,
      betweenClassTraceStableRank: 1,
      betweenClassFrobeniusStableRank: 1,
      betweenClassEffectiveRank: 1,
      totalEffectiveRank: 1,
      oleLoss: 2 + Math.sqrt(52) - Math.sqrt(56),
      featureNormMean: 3,
      featureNormSampleStd: Math.sqrt(20 / 3),
      classifierNormMean: 2,
      classifierNormSampleStd: rootTwo,
      // -1, 7, -15, -23.
      logitMarginMean: -8,
      logitMarginSampleStd: Math.sqrt((49 + 225 + 49 + 225) / 3),
      logitMarginSmallest: -23,
      cosineMarginMean: -2,
      cosineMarginSampleStd: 0,
      cosineMarginSmallest: -2,
      // Logits differ by 1, 7, 15 and 23; the network is right for 7 alone, and the first is in
      // another bin than the others.
      expectedCalibrationError:
        confidence(1) / 4 + (confidence(7) + confidence(15) + confidence(23) - 1) / 4,
      // Equal probabilities would be better.
      temperature: null,
      scaledCalibrationError: null,
      scaledCrossEntropy: null,
    };
    assert.deepEqual(
      entries.map(({ name }) => name),
      Object.keys(values),
    );
    for (const { name, value } of entries) {
      assert.equal(value === null, values[name] === null, name);
      assertClose(value ?? 0, values[name] ?? 0, 1e-14, { what: name });
    }
  });

  it("collapseReport gives every measure a unique name, a section and a formula", () => {
    const entries = report(randomNetwork(new Random(1), 3, 4));
    assert.equal(new Set(entries.map(({ name }) => name)).size, entries.length);
    assert.ok(entries.every(({ formula }) => formula.length > 3));
    const sections = [
      "NC0",
      "NC1",
      "NC2",
      "NC3",
      "NC4",
      "NC5",
      "spectra",
      "norms",
      "margins",
      "calibration",
    ];
    assert.deepEqual([...new Set(entries.map(({ section }) => section))], sections);
  });

  it("collapseReport has the same values as the 11 recorded measures, for either center", () => {
    const { features, labels, weights, bias } = randomNetwork(new Random(2), 4, 6);
    for (const center of ["meanOfClassMeans", "globalMean"] as const) {
      const classifier = { weights, bias };
      const entries = collapseReport(features, labels, classifier, { center });
      const recorded = recordedMeasures({ examples: [{ features, labels }], classifier, center });
      assert.equal(Object.keys(recorded).length, 11);
      for (const [name, value] of Object.entries(recorded))
        assert.equal(entries.find((entry) => entry.name === name)?.value, value, name);
    }
  });

  it("collapseReport uses the chosen center in measures that depend on it", () => {
    const { features, labels, weights, bias, dim, classCount } = randomNetwork(new Random(3), 4, 6);
    const statistics = classStatistics(features, labels, dim, classCount);
    const classifier = { weights, bias };
    const center = "globalMean";
    const means = centeredClassMeans(statistics, center);
    const centered = centeredFeatures(features, statistics, center);
    const eigenvalues = betweenClassEigenvalues(statistics, means);
    const entries = collapseReport(features, labels, classifier, { center });
    const expected = {
      meansSimplexDistance: simplexDistance(means, dim),
      meansLogUniformity: hypersphericalUniformity(means, dim),
      meansRieszUniformityExcess: hypersphericalUniformityExcess(means, dim, rieszKernel(1)),
      alignment: alignment(weights, means, dim),
      alignmentVariance: alignmentVariance(weights, means, dim),
      biasCollapse: biasCollapse(statistics, classifier, center),
      betweenClassTraceStableRank: traceStableRank(eigenvalues),
      betweenClassFrobeniusStableRank: frobeniusStableRank(eigenvalues),
      cosineMarginMean: summarize(cosineMargins(centered, weights, labels, dim)).mean,
    };
    const other = collapseReport(features, labels, classifier);
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(entries.find((entry) => entry.name === name)?.value, value, name);
      assert.notEqual(other.find((entry) => entry.name === name)?.value, value, name);
    }
  });

  it("a measure marked zeroIsCollapsed is 0 on a simplex with its dual classifier and bias", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim: extra }) => {
        const random = new Random(seed);
        const dim = classCount + extra;
        const examples = collapsedExamples(random, classCount, dim);
        const { features, labels, weights } = examples;
        const statistics = classStatistics(features, labels, dim, classCount);
        const { meanOfClassMeans, classMeans } = statistics;
        const bias = Float64Array.from(
          { length: classCount },
          (_, c) => -rowDot(weights, c, meanOfClassMeans, 0, dim),
        );
        const outside = orthogonalTo(classMeans, normals(random, dim));
        const entries = report({ ...examples, bias, outside });
        for (const { name, value, zeroIsCollapsed } of entries)
          // A class may have one example, and no example is misclassified.
          if (value === null)
            assert.match(name, /^withinClass.*Rank$|^sampleClass|^temperature$|^scaled/);
          else if (zeroIsCollapsed) assertClose(value, 0, 1e-12, { what: name });
        assert.equal(entries.filter(({ zeroIsCollapsed }) => zeroIsCollapsed).length, 29);
        const { value } = entries.find(({ name }) => name === "cosineMarginSmallest")!;
        assertClose(value ?? NaN, classCount / (classCount - 1), 1e-12);
      }),
      runs,
    );
  });

  it("collapseReport does not change when the classifier and both data sets are rotated", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const random = new Random(seed);
        const network = randomNetwork(random, classCount, dim);
        const rotation = randomRotation(random, dim);
        const turn = (values: Float64Array) => multiply(values, rotation, dim, dim);
        const { features, weights, outside } = network;
        const changed = {
          features: turn(features),
          weights: turn(weights),
          outside: turn(outside),
        };
        assertReports({ ...network, ...changed }, network);
      }),
      runs,
    );
  });

  it("scaling a network scales its norms, logit margins, biasSum and biasCollapse only", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const random = new Random(seed);
        const network = randomNetwork(random, classCount, dim);
        const [feature, weight] = [10 ** (4 * random.uniform() - 2), 10 ** (2 * random.uniform())];
        const changed = {
          ...network,
          features: network.features.map((value) => feature * value),
          weights: network.weights.map((value) => weight * value),
          bias: network.bias.map((value) => feature * weight * value),
          outside: network.outside.map((value) => 3 * value),
        };
        assertReports(changed, network, (name) => expectedFactor(name, feature, weight));
      }),
      runs,
    );
  });

  it("a feature shift that the biases undo changes at most biasSum and uncentered measures", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const random = new Random(seed);
        const network = randomNetwork(random, classCount, dim);
        const shift = normals(random, dim);
        const { features, weights, bias } = network;
        const changed = {
          ...network,
          features: features.map((value, i) => value + shift[i % dim]),
          bias: bias.map((value, c) => value - rowDot(weights, c, shift, 0, dim)),
        };
        const before = report(network);
        report(changed).forEach(({ name, value }, i) => {
          if (/^(featureNorm|outOfDistribution|biasSum|oleLoss)/.test(name)) return;
          assert.equal(value === null, before[i].value === null, name);
          assertClose(value ?? 0, before[i].value ?? 0, 1e-7, { what: name });
        });
      }),
      runs,
    );
  });

  it("collapseReport does not depend on example order or class numbering", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const random = new Random(seed);
        const network = randomNetwork(random, classCount, dim);
        const { features, labels, weights, bias } = network;
        const order = random.shuffle(labels.map((_, n) => n));
        const newLabels = random.shuffle(Array.from({ length: classCount }, (_, c) => c));
        const oldLabels = newLabels.map((_, c) => newLabels.indexOf(c));
        assertReports(
          {
            ...network,
            features: pickRows(features, order, dim),
            labels: order.map((n) => newLabels[labels[n]]),
            weights: pickRows(weights, oldLabels, dim),
            bias: pickRows(bias, oldLabels, 1),
          },
          network,
          // Halves of the examples by their index.
          (name) => (name.startsWith("scaled") ? null : 1),
        );
      }),
      runs,
    );
  });

  it("batches do not change collapseReport, and NC5 is null without a second data set", () => {
    const network = randomNetwork(new Random(5), 4, 6);
    const { weights, bias, outside, dim } = network;
    const classifier = { weights, bias };
    const examples = batchesOf(network, [3, 0, 4]);
    assert.deepEqual(
      examples.map(({ labels }) => labels.length),
      [3, 0, 4, network.labels.length - 7],
    );
    const rows = [0, dim, 2 * dim].map((at) => outside.subarray(at, at + dim));
    const outOfDistributionMean = meanFeature(rows, dim);
    const inBatches = geometryOf({ examples, classifier, outOfDistributionMean });
    assert.deepEqual(collapseReportOf(inBatches), report(network));
    const missing = collapseReportOf(geometryOf({ examples, classifier })).filter(
      ({ value }) => value === null,
    );
    assert.deepEqual(
      missing.map(({ name }) => name),
      // The random classifier is worse than equal probabilities.
      [
        "outOfDistributionOrthogonality",
        "temperature",
        "scaledCalibrationError",
        "scaledCrossEntropy",
      ],
    );
  });

  it("collapseReport of a test set uses the training class means and mu_G for NC4", () => {
    const classifier = { weights: [-1, 1], bias: [3, -3] };
    const value = (name: string, options: object) =>
      collapseReport([2, 8], [0, 1], classifier, options).find((entry) => entry.name === name)
        ?.value;
    const trained = { trainStatistics: line };
    // mu_G is 3 in training and 5 here; here 4 is nearer to the mean 2 than to 8.
    assert.equal(value("biasCollapse", trained), 0);
    assertClose(value("biasCollapse", {}) ?? NaN, Math.hypot(2, 2), 1e-14);
    const four = (options: object) =>
      collapseReport([2, 4, 12], [0, 1, 1], classifier, options).find(
        ({ name }) => name === "nearestClassCenterMismatch",
      )?.value;
    assert.equal(four(trained), 0);
    assertClose(four({}) ?? NaN, 1 / 3, 1e-14);
    assert.equal(value("meansEquinorm", trained), 0);
  });

  it("coinciding class means and a zero classifier give null for the undefined measures", () => {
    const undefinedNames = (features: number[], weights: number[]) =>
      collapseReport(features, [0, 0, 0, 1, 1, 1], { weights, bias: [0, 0] }).flatMap(
        ({ name, value }) => (value === null ? [name] : []),
      );
    const means = ["Equinorm", "Equiangularity", "MaximalAngle", "SimplexDistance"];
    const uniformity = ["Log", "Riesz"].flatMap((kernel) => [
      `means${kernel}Uniformity`,
      `means${kernel}UniformityExcess`,
      `means${kernel}UniformityVariation`,
    ]);
    const duality = ["selfDuality", "alignment", "alignmentVariance"];
    const inOrder = (names: readonly string[]) =>
      MEASURES.map(({ name }) => name).filter((name) => names.includes(name as string));
    assert.deepEqual(
      undefinedNames([0.1, 0.2, 0.6, 0.6, 0.2, 0.1], [1, -1]),
      inOrder([
        "withinClassVariability",
        "covarianceTraceRatio",
        "classDistanceNormalizedVariance",
        "sampleClassDistanceNormalizedVariance",
        "squaredClassDistanceNormalizedVariance",
        ...means.map((name) => `means${name}`),
        "meansLogEquinorm",
        "meansSignedMaximalAngle",
        ...uniformity,
        ...duality,
        "outOfDistributionOrthogonality",
        "betweenClassTraceStableRank",
        "betweenClassFrobeniusStableRank",
        "betweenClassEffectiveRank",
        // The examples of even index are classified as if by equal probabilities.
        "scaledCalibrationError",
        "scaledCrossEntropy",
      ]),
    );
    assert.deepEqual(
      undefinedNames([1, 2, 3, 5, 6, 7], [0, 0]),
      inOrder([
        "classifierSum",
        "biasSum",
        ...means.map((name) => `classifier${name}`),
        ...duality,
        "outOfDistributionOrthogonality",
        "cosineMarginMean",
        "cosineMarginSampleStd",
        "cosineMarginSmallest",
        "temperature",
        "scaledCalibrationError",
        "scaledCrossEntropy",
      ]),
    );
  });

  it("within-class measures are 0 for classes with one example each", () => {
    const entries = collapseReport([0, 1, 5], [0, 1, 2], { weights: [1, 2, 3], bias: [0, 0, 0] });
    const value = (name: string) => entries.find((entry) => entry.name === name)?.value;
    for (const name of [
      "withinClassVariability",
      "classDistanceNormalizedVariance",
      "withinClassRank",
    ])
      assert.equal(value(name), 0, name);
    assertClose(value("variabilityCollapseIndex") ?? NaN, 0, 1e-14);
  });

  it("collapseReport rejects one class, NaN, mismatched lengths and empty data", () => {
    const classifier = { weights: [1, -1], bias: [0, 0] };
    const refused = (features: number[], labels: number[], message: RegExp, of = classifier) =>
      assert.throws(() => collapseReport(features, labels, of), { name: "RangeError", message });
    refused([1, 2], [0, 0], /expected 2 classes or more, got 1/, { weights: [1], bias: [0] });
    refused([1, NaN], [0, 1], /expected finite features, got NaN at example 1/);
    refused([], [], /expected an example of each of 2 classes/);
    refused([1, 2], [0, 0], /expected an example of each of 2 classes, got none of class 1/);
    refused([1, 2, 3], [0, 1], /expected 2 labels x 1 features, got 3 values/);
    refused([1, 2], [0, 1], /expected finite vectors, got NaN/, {
      weights: [1, NaN],
      bias: [0, 0],
    });
    assert.throws(
      () => collapseReport([1, 2], [0, 1], classifier, { outOfDistributionFeatures: [] }),
      /RangeError: expected an example, got none/,
    );
    const one = { examples: [{ features: [1, 2], labels: [0, 0] }] };
    assert.throws(
      () => collapseReportOf(geometryOf({ ...one, classifier: { weights: [1], bias: [0] } })),
      /RangeError: expected 2 classes or more, got 1/,
    );
  });
});

describe("the recorded measures of a training set", () => {
  const classifier = { weights: [1, -3], bias: [0, 0] };
  const onLine = [{ features: [0, 2, 4, 6], labels: [0, 0, 1, 1] }];

  it("the recorded measures match hand-computed values for {0, 2} and {4, 6} on a line", () => {
    // Centered means -2, 2; W / |W| = (1, -3) / sqrt(10), M / |M| = (-1, 1) / sqrt(2).
    const measures = recordedMeasures({ examples: onLine, classifier });
    const expected = {
      classifierSum: 2 / Math.sqrt(10),
      biasSum: 0,
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
      assertClose(measures[name] ?? NaN, value, rounding, { what: name });
  });

  it("the recorded measures are null if coinciding class means leave them undefined", () => {
    const examples = [{ features: [0.1, 0.2, 0.6, 0.6, 0.2, 0.1], labels: [0, 0, 0, 1, 1, 1] }];
    const measures = recordedMeasures({ examples, classifier: { ...classifier, bias: [0, 5] } });
    assert.deepEqual(measures, {
      classifierSum: 2 / Math.sqrt(10),
      biasSum: 5 / Math.sqrt(10),
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

  it("the recorded measures are null if a zero classifier leaves them undefined", () => {
    const zero = { weights: [0, 0], bias: [0, 0] };
    const measures = recordedMeasures({ examples: onLine, classifier: zero });
    const undefinedOnes = Object.entries(measures).flatMap(([name, value]) =>
      value === null ? [name] : [],
    );
    assert.deepEqual(undefinedOnes, [
      "classifierSum",
      "biasSum",
      "classifierEquinorm",
      "classifierEquiangularity",
      "classifierMaximalAngle",
      "selfDuality",
    ]);
  });

  it("a single zero vector makes only the recorded angles null", () => {
    // Means -1, 0, 1: the second is the center. Norms 1, 0, 1: std sqrt(2)/3 over mean 2/3.
    const measures = recordedMeasures({
      examples: [{ features: [-1, 0, 1], labels: [0, 1, 2] }],
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

  it("the recorded measures reject one class, a classifier with the wrong shape and NaN", () => {
    const one = [{ features: [1, 2], labels: [0, 0] }];
    const refused = (weights: number[], bias: number[], message: RegExp, examples = onLine) =>
      assert.throws(() => recordedMeasures({ examples, classifier: { weights, bias } }), message);
    refused([1], [0], /RangeError: expected 2 classes or more, got 1/, one);
    refused([1, 2, 3], [0, 0], /RangeError: expected 2 rows of weights, got 3 values/);
    refused([1, 2, 3, 4], [0, 0], /RangeError: expected 4 labels x 2 features, got 4 values/);
    refused([1, NaN], [0, 0], /RangeError: expected finite vectors, got NaN/);
  });
});

function pickRows(matrix: Float64Array, rows: number[], dim: number): Float64Array {
  return Float64Array.from(rows.flatMap((row) => [...matrix.subarray(row * dim, (row + 1) * dim)]));
}

/** `vector` less its projection on the rows of `basis`. */
function orthogonalTo(basis: Float64Array, vector: Float64Array): Float64Array {
  const dim = vector.length;
  const axes: Float64Array[] = [];
  const reduced = (row: Float64Array) =>
    // Twice, so that rounding in the first pass is removed by the second.
    [...axes, ...axes].reduce((rest, axis) => {
      const dot = rowDot(rest, 0, axis, 0, dim);
      return rest.map((value, i) => value - dot * axis[i]);
    }, row);
  for (let start = 0; start < basis.length; start += dim) {
    const row = reduced(basis.subarray(start, start + dim));
    const norm = Math.sqrt(rowDot(row, 0, row, 0, dim));
    axes.push(row.map((value) => value / norm));
  }
  return reduced(vector);
}
