import type * as tf from "@tensorflow/tfjs";
import type { Random } from "../numerics/random";
import type { Network } from "../model/network";
import { CenterLoss } from "./centerLoss";
import { classWiseCovariance, classWiseVariance } from "./classWise";
import { decov } from "./decov";
import { jacobianPenalty, normalDirections } from "./jacobianPenalty";
import { varianceRegularization } from "./varianceRegularization";
import { imageLogits } from "../model/imageLogits";
import type { ExperimentConfig } from "../training/settings/config";

/** What of a step a penalty may depend on. */
export interface PenaltyInputs {
  readonly network: Network;
  /** N x featureCount, in training mode. */
  readonly features: tf.Tensor2D;
  /** N class indices. */
  readonly labels: Int32Array;
  /** The distinct images of the step, as the network sees them. */
  readonly images: tf.Tensor4D;
}

/** A penalty that is added to a step's loss, and what of it a run keeps. */
export interface Penalty {
  /** Once a step; differentiable in the features, or in the network. Moves what it keeps. */
  readonly loss: (inputs: PenaltyInputs) => tf.Scalar;
  /** What it keeps, by name: part of the checkpoint. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
}

/**
 * The penalty that a config names; undefined for none.
 *
 * The Jacobian is that of the network in evaluation mode, whose images do not touch each other.
 *
 * @param random Source of the Jacobian's directions.
 */
export function penaltyOf(
  { penalty }: Pick<ExperimentConfig, "penalty">,
  { featureCount, architecture: { classCount } }: Network,
  random: Random,
): Penalty | undefined {
  const variables = new Map<string, tf.Variable>();
  switch (penalty) {
    case "none":
      return undefined;
    case "decov":
      return { loss: ({ features }) => decov(features), variables };
    case "variance":
      return { loss: ({ features }) => varianceRegularization(features), variables };
    case "classWiseCovariance":
      return { loss: (step) => classWiseCovariance(step.features, step.labels, classCount), variables }; // prettier-ignore
    case "classWiseVariance":
      return { loss: (step) => classWiseVariance(step.features, step.labels, classCount), variables }; // prettier-ignore
    case "jacobian":
      return { loss: (step) => evaluationJacobian(step, random), variables };
    case "center": {
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
  }
}

function evaluationJacobian({ network, images }: PenaltyInputs, random: Random): tf.Scalar {
  return jacobianPenalty(imageLogits(network), images, normalDirections(images.shape, random));
}
