import * as tf from "@tensorflow/tfjs";
import { ClassAccumulator } from "../../metrics/collapse/classAccumulator";
import type { Classifier } from "../../metrics/collapse/classifier";
import type { ClassStatistics } from "../../metrics/collapse/classStatistics";
import { measureCollapse, type CollapseMeasures } from "../../metrics/collapse/measureCollapse";
import {
  nearestClassCenterAccuracy,
  nearestClassCenterMismatch,
  predictedClasses,
} from "../../metrics/collapse/nearestClassCenter";
import { imageTensor } from "../../data/batch";
import { allRows, type ImageSet } from "../../data/imageSet";
import type { Network } from "../../model/network";

/** Images at once in evaluation: large enough to be fast, small enough for memory. */
const EVALUATION_BATCH = 500;

/** What a network in evaluation mode makes of some images. */
export interface Outputs {
  /** N x featureCount, row-major. */
  readonly features: Float32Array;
  /** N x classCount, row-major. */
  readonly logits: Float32Array;
}

/** How a network does on a set. Shares are from 0 to 1; null where a measure is not defined. */
export interface SetMeasures {
  readonly accuracy: number;
  /** Mean cross entropy, in nats. */
  readonly crossEntropy: number;
  readonly nearestClassCenterMismatch: number;
  readonly nearestClassCenterAccuracy: number;
}

/** The training set's measures: those of a set, and the geometry of its class means. */
export type TrainMeasures = SetMeasures & CollapseMeasures;

/** Features and logits of all images of a set, in batches, in evaluation mode. */
export async function networkOutputs(network: Network, set: ImageSet): Promise<Outputs> {
  const count = set.labels.length;
  const features = new Float32Array(count * network.featureCount);
  const logits = new Float32Array(count * set.classCount);
  const rows = allRows(set);
  for (let from = 0; from < count; from += EVALUATION_BATCH) {
    const to = Math.min(from + EVALUATION_BATCH, count);
    const [batchFeatures, batchLogits] = tf.tidy(() => {
      const maps = network.features(imageTensor(set, rows, from, to));
      return [maps, network.logits(maps)];
    });
    const outputs = [batchFeatures, batchLogits].map((values) => values.data<"float32">());
    const [ownFeatures, ownLogits] = await Promise.all(outputs);
    features.set(ownFeatures, from * network.featureCount);
    logits.set(ownLogits, from * set.classCount);
    tf.dispose([batchFeatures, batchLogits]);
  }
  return { features, logits };
}

/** Class statistics of the training set's features. */
export function featureStatistics(set: ImageSet, { features }: Outputs): ClassStatistics {
  const accumulator = new ClassAccumulator(features.length / set.labels.length, set.classCount);
  accumulator.add(features, set.labels);
  return accumulator.statistics();
}

/**
 * The measures that any set has.
 *
 * @param statistics Of the training set, whatever set this is.
 */
export function setMeasures(
  set: ImageSet,
  { features, logits }: Outputs,
  { classMeans, classCount }: ClassStatistics,
): SetMeasures {
  const { labels } = set;
  const predicted = predictedClasses(logits, classCount);
  const correct = predicted.filter((label, i) => label === labels[i]).length;
  return {
    accuracy: correct / labels.length,
    crossEntropy: meanCrossEntropy(logits, labels, classCount),
    // prettier-ignore
    nearestClassCenterMismatch: nearestClassCenterMismatch(features, logits, classMeans, classCount),
    // prettier-ignore
    nearestClassCenterAccuracy: nearestClassCenterAccuracy(features, labels, classMeans, classCount),
  };
}

/** The measures of the training set. */
export async function trainMeasures(
  network: Network,
  set: ImageSet,
  outputs: Outputs,
  statistics: ClassStatistics,
): Promise<TrainMeasures> {
  const classifier = await classifierOf(network);
  return {
    ...setMeasures(set, outputs, statistics),
    ...measureCollapse({ statistics, classifier }),
  };
}

/** The last layer's W (classCount x featureCount) and b. */
export async function classifierOf(network: Network): Promise<Classifier> {
  const weights = network.parameters.get("classifier/weights")!;
  const transposed = tf.transpose(weights);
  const values = await transposed.data<"float32">();
  transposed.dispose();
  return { weights: values, bias: await network.parameters.get("classifier/bias")!.data() };
}

/** Mean over examples of log(sum over k of exp(logit_k)) - logit_label. */
function meanCrossEntropy(logits: Float32Array, labels: Uint8Array, classCount: number): number {
  let sum = 0;
  for (let n = 0; n < labels.length; n++) {
    const own = logits.subarray(n * classCount, (n + 1) * classCount);
    const largest = Math.max(...own);
    const exponentials = own.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    sum += largest + Math.log(exponentials) - own[labels[n]];
  }
  return sum / labels.length;
}
