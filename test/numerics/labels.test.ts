import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../src/backend/selectBackend";
import { SubBatchSampler } from "../../src/data/sampler";
import { stratifiedSplits } from "../../src/data/splits";
import { simplexProjection } from "../../src/figures/simplexProjection";
import { spanAxes } from "../../src/figures/simplexAxes";
import { collapseReport } from "../../src/metrics/collapse/collapseReport";
import { classStatistics } from "../../src/metrics/collapse/classStatistics";
import { compareConventions } from "../../src/metrics/collapse/compareConventions";
import { geometryOf } from "../../src/metrics/collapse/geometry";
import { cosineMargins, logitDifferences, logitMargins } from "../../src/metrics/collapse/margins";
import { nearestClassCenterAccuracy } from "../../src/metrics/collapse/nearestClassCenter";
import { deepFool } from "../../src/metrics/robustness/deepFool";
import { fastGradientMargins } from "../../src/metrics/robustness/fastGradientMargins";
import { fastGradientSign } from "../../src/metrics/robustness/fastGradientSign";
import { classDeathTimes, classMergingTimes } from "../../src/metrics/topology/classConnectivity";
import { classDecisionMasses } from "../../src/metrics/topology/decisionMasses";
import { singleLinkage } from "../../src/metrics/topology/singleLinkage";
import { spanningTree } from "../../src/metrics/topology/spanningTree";
import { smoothedCrossEntropy } from "../../src/model/crossEntropy";
import { checkedLabels, type Labels } from "../../src/numerics/labels";
import { CenterLoss } from "../../src/regularizer/centerLoss";
import { classWiseVariance } from "../../src/regularizer/classWise";

const CLASSES = 3;
const BYTES = Uint8Array.of(0, 1, 2, 0, 1, 2, 0, 1, 2);
const WIDE = BigInt64Array.from(BYTES, BigInt);
const features = Float32Array.from({ length: 9 * 2 }, (_, i) => Math.sin(3 * i));
const logits = Float32Array.from({ length: 9 * CLASSES }, (_, i) => Math.cos(2 * i));
const classifier = { weights: [1, 0, -0.5, 0.8, -0.5, -0.8], bias: [0, 0.1, 0] };
const statistics = classStatistics(features, BYTES, 2, CLASSES);
const sampling = { subBatchCount: 3, subBatchSize: 2, withReplacement: true, seed: 1 };
const split = { labelCount: 6, splitCount: 1, seed: 1 };
const examples = (labels: Labels) => ({ examples: [{ features, labels }], classifier });

const imageLogits = (batch: tf.Tensor4D): tf.Tensor2D => {
  const weights = tf.tensor2d(classifier.weights, [CLASSES, 2]);
  return tf.matMul(tf.reshape(batch, [-1, 2]) as tf.Tensor2D, weights, false, true);
};
const images = () => tf.tensor4d(features, [9, 1, 1, 2]);
const matrix = (values: Float32Array) => tf.tensor2d(values, [9, values.length / 9]);

/** A measure of the labels, by the function that it is of. */
const MEASURES: Readonly<Record<string, (labels: Labels) => unknown>> = {
  classStatistics: (labels) => classStatistics(features, labels, 2, CLASSES),
  collapseReport: (labels) => collapseReport(features, labels, classifier),
  compareConventions: (labels) => compareConventions(geometryOf(examples(labels))),
  geometryOf: (labels) => geometryOf(examples(labels)).logitMargins,
  logitMargins: (labels) => logitMargins(logits, labels, CLASSES),
  logitDifferences: (labels) => logitDifferences(logits, labels, CLASSES),
  cosineMargins: (labels) => cosineMargins(features, classifier.weights, labels, 2),
  nearestClassCenterAccuracy: (labels) => nearestClassCenterAccuracy(BYTES, labels),
  classDeathTimes: (labels) => classDeathTimes(features, labels, 2, CLASSES),
  classMergingTimes: (labels) =>
    classMergingTimes(singleLinkage(spanningTree(features, 2)), labels, CLASSES),
  classDecisionMasses: (labels) => classDecisionMasses(logits, labels, CLASSES),
  simplexProjection: (labels) =>
    simplexProjection({ features, labels }, statistics, classifier, spanAxes(statistics, [0, 1])),
  stratifiedSplits: (labels) => stratifiedSplits(labels, split),
  SubBatchSampler: (labels) => new SubBatchSampler(labels, sampling).epoch(),
  deepFool: (labels) => deepFool(imageLogits, images(), { labels }),
  fastGradientSign: (labels) => fastGradientSign(imageLogits, images(), labels, 0.1),
  fastGradientMargins: (labels) => fastGradientMargins(imageLogits, images(), labels),
  smoothedCrossEntropy: (labels) => smoothedCrossEntropy(matrix(logits), labels, 0.1).arraySync(),
  classWiseVariance: (labels) => classWiseVariance(matrix(features), labels, CLASSES).arraySync(),
  CenterLoss: (labels) => new CenterLoss(CLASSES, 2).loss(matrix(features), labels).arraySync(),
};

describe("labels", () => {
  before(async () => void (await selectBackend("wasm")));

  for (const [name, measure] of Object.entries(MEASURES))
    it(`of 64 bits give ${name} the result of bytes`, async () => {
      assert.deepEqual(await measure(WIDE), await measure(BYTES));
    });

  it("of 64 bits that are out of range are named in the error", () => {
    const labels = BigInt64Array.of(0n, -1n);
    assert.throws(() => checkedLabels(labels, 2), /labels from 0 to 1, got -1 at example 1$/);
  });
});
