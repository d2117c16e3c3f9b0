import type * as tf from "@tensorflow/tfjs";
import type { Random } from "../numerics/random";
import type { Network } from "../model/network";
import { CenterLoss } from "./centerLoss";
import { classWiseCovariance, classWiseVariance } from "./classWise";
import { decov } from "./decov";
import { jacobianPenalty, normalDirections } from "./jacobianPenalty";
import { varianceRegularization } from "./varianceRegularization";
import type { PenaltyName } from "./penaltyNames";
import { imageLogits } from "../model/imageLogits";

/** Parts of a step that a penalty can depend on. */
export interface PenaltyInputs {
  readonly network: Network;
  /** N x featureCount, in training mode. */
  readonly features: tf.Tensor2D;
  /** N class indices. */
  readonly labels: Int32Array;
  /** The distinct images of the step, as the network sees them. */
  readonly images: tf.Tensor4D;
}

/** Penalty that is added to a step's loss, with the variables that a run keeps for it. */
export interface Penalty {
  /**
   * Called once per step; differentiable in the features, or in the network. Updates the variables.
   */
  readonly loss: (inputs: PenaltyInputs) => tf.Scalar;
  /** Variables by name: part of the checkpoint. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
}

/**
 * The penalty of a name; undefined for `none`.
 *
 * The Jacobian is that of the network in evaluation mode, whose images do not influence each other.
 *
 * @param random Source of the Jacobian's directions.
 */
export function penaltyOf(
  name: PenaltyName,
  { featureCount, architecture: { classCount } }: Network,
  random: Random,
): Penalty | undefined {
  const loss = lossOf(name, classCount, random);
  if (loss !== undefined) return { loss, variables: new Map() };
  return name === "center" ? centerPenalty(classCount, featureCount) : undefined;
}

/** Loss of a penalty without variables; undefined for the others. */
function lossOf(
  name: PenaltyName,
  classCount: number,
  random: Random,
): Penalty["loss"] | undefined {
  switch (name) {
    case "decov":
      return ({ features }) => decov(features);
    case "variance":
      return ({ features }) => varianceRegularization(features);
    case "classWiseCovariance":
      return ({ features, labels }) => classWiseCovariance(features, labels, classCount);
    case "classWiseVariance":
      return ({ features, labels }) => classWiseVariance(features, labels, classCount);
    case "jacobian":
      return ({ network, images }) =>
        jacobianPenalty(imageLogits(network), images, normalDirections(images.shape, random));
    case "none":
    case "center":
      return undefined;
  }
}

/** Center loss, which keeps the centers and moves them in each step. */
function centerPenalty(classCount: number, featureCount: number): Penalty {
  const center = new CenterLoss(classCount, featureCount);
  return {
    loss: ({ features, labels }) => {
      const loss = center.loss(features, labels);
      center.moveCenters(features, labels);
      return loss;
    },
    variables: new Map([["penalty/centers", center.centers]]),
  };
}
