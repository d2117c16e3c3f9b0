import type { ImageSet } from "../../data/imageSet";
import { centeredClassMeans } from "../../metrics/collapse/classStatistics";
import type { Network } from "../../model/network";
import { frobeniusNorm } from "../../numerics/vectors";
import { classSample, type ClassSample } from "./classSample";
import { featureStatistics, networkOutputs, type Outputs } from "./outputs";

/** A set's features in the unit of the class means. */
export interface ScaledClasses extends ClassSample, Pick<Outputs, "logits"> {
  readonly features: Float32Array;
  readonly classes: readonly Float32Array[];
  /** Root mean square length of the centered class means: what the features are divided by. */
  readonly scale: number;
}

/**
 * The features of a set divided by the root mean square length of its centered class means, so that
 * distances of networks compare: a network may scale its features down and its classifier up.
 */
export async function scaledClasses(network: Network, set: ImageSet): Promise<ScaledClasses> {
  const outputs = await networkOutputs(network, set);
  const means = centeredClassMeans(featureStatistics(set, outputs));
  const scale = frobeniusNorm(means) / Math.sqrt(set.classCount);
  const features = outputs.features.map((value) => value / scale);
  const { dim, classes } = classSample(set, { features });
  return {
    features,
    labels: set.labels,
    dim,
    classes: classes as Float32Array[],
    logits: outputs.logits,
    scale,
  };
}
