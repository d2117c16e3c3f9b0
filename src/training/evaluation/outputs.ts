import * as tf from "@tensorflow/tfjs";
import { checkChosenBackend } from "../../backend/chosenBackend";
import { MEASURES, type RecordedName } from "../../metrics/collapse/catalogue";
import type { Classifier } from "../../metrics/collapse/classifier";
import { classStatistics, type ClassStatistics } from "../../metrics/collapse/classStatistics";
import { measuredValues } from "../../metrics/collapse/collapseReport";
import { geometryOf, type Geometry, type GeometryParts } from "../../metrics/collapse/geometry";
import { imageTensor } from "../../data/batch";
import { allRows, type ImageSet } from "../../data/imageSet";
import type { FoldedConvolution } from "../../model/foldedConvolution";
import type { Network } from "../../model/network";

/** Images per batch in evaluation: large enough for speed, small enough for memory. */
export const EVALUATION_BATCH = 500;

/** Features and logits of images, from a network in evaluation mode. */
export interface Outputs {
  /** N x featureCount, row-major. */
  readonly features: Float32Array;
  /** N x classCount, row-major. */
  readonly logits: Float32Array;
}

/** Measures of a set of images; null if a measure is not defined. */
export type SetMeasures = Readonly<Record<RecordedName<"every set">, number>>;

/**
 * Measures of the training set: those of any set, and the geometry of its class means. Records of
 * earlier versions lack measures that were added later.
 */
export type TrainMeasures = SetMeasures & {
  readonly [Name in RecordedName<"train">]?: number | null;
};

const SET_MEASURES = MEASURES.filter(({ everyEpoch }) => everyEpoch === "every set");
/** Measures of every set come first: this is the order in records. */
const TRAIN_MEASURES = [
  ...SET_MEASURES,
  ...MEASURES.filter(({ everyEpoch }) => everyEpoch === "train"),
];

/**
 * Features and logits of all images of a set, in batches, in evaluation mode.
 *
 * @throws {RangeError} If the numbers of classes of set and network differ.
 */
export async function networkOutputs(network: Network, set: ImageSet): Promise<Outputs> {
  checkChosenBackend();
  const { classCount } = network.architecture;
  if (set.classCount !== classCount)
    throw new RangeError(`expected images of ${classCount} classes, got ${set.classCount}`);
  const count = set.labels.length;
  const features = new Float32Array(count * network.featureCount);
  const logits = new Float32Array(count * set.classCount);
  const rows = allRows(set);
  const convolutions = network.foldedConvolutions();
  try {
    for (let from = 0; from < count; from += EVALUATION_BATCH) {
      const to = Math.min(from + EVALUATION_BATCH, count);
      const images = () => imageTensor(set, rows, from, to);
      const batch = await batchOutputs(network, images, convolutions);
      features.set(batch.features, from * network.featureCount);
      logits.set(batch.logits, from * set.classCount);
    }
  } finally {
    tf.dispose(convolutions);
  }
  return { features, logits };
}

async function batchOutputs(
  network: Network,
  images: () => tf.Tensor4D,
  convolutions: FoldedConvolution[],
): Promise<Outputs> {
  const tensors = tf.tidy(() => {
    const features = network.features(images(), convolutions);
    return [features, network.logits(features)];
  });
  const values = tensors.map((tensor) => tensor.data<"float32">());
  const [features, logits] = await Promise.all(values);
  tf.dispose(tensors);
  return { features, logits };
}

/** Class statistics of a set's features. */
export function featureStatistics(
  { labels, classCount }: ImageSet,
  { features }: Outputs,
): ClassStatistics {
  return classStatistics(features, labels, features.length / labels.length, classCount);
}

/** Set of images, a network's outputs for it, and their geometry. */
export interface EvaluatedSet {
  readonly images: ImageSet;
  readonly outputs: Outputs;
  readonly geometry: Geometry;
}

/** Evaluates a network on a set; measures are computed on first use. */
export async function evaluateSet(
  network: Network,
  images: ImageSet,
  parts: Omit<GeometryParts, "examples">,
): Promise<EvaluatedSet> {
  const outputs = await networkOutputs(network, images);
  const examples = [{ ...outputs, labels: images.labels }];
  return { images, outputs, geometry: geometryOf({ ...parts, examples }) };
}

/** Measures of a set that records contain: {@link MEASURES} with `everyEpoch`. */
export function setMeasures(geometry: Geometry): SetMeasures {
  return measuredValues(SET_MEASURES, geometry) as SetMeasures;
}

/** Measures of the training set that records contain. */
export function trainMeasures(geometry: Geometry): TrainMeasures {
  return measuredValues(TRAIN_MEASURES, geometry) as TrainMeasures;
}

/** Last layer: W (classCount x featureCount) and b. */
export async function classifierOf(network: Network): Promise<Classifier> {
  const weights = network.parameters.get("classifier/weights")!;
  const transposed = tf.transpose(weights);
  const values = await transposed.data<"float32">();
  transposed.dispose();
  return { weights: values, bias: await network.parameters.get("classifier/bias")!.data() };
}
