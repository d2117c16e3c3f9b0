import * as tf from "@tensorflow/tfjs";
import { CROSS_ENTROPY } from "../kernels/crossEntropyKernels";
import { runsInSimd } from "../kernels/simd";

/**
 * Mean over examples of ln(sum over k of exp(logit_k)) - logit_label, in nats, differentiable in
 * the logits: one kernel on the wasm backend, composed of tfjs operations elsewhere.
 *
 * @param logits N x C.
 * @param labels N class indices from 0 to C - 1, int32.
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => {
    if (!runsInSimd(CROSS_ENTROPY))
      return tf.losses.softmaxCrossEntropy(tf.oneHot(labels, logits.shape[1]), logits);
    const inputs = { logits, labels };
    return tf.engine().runKernel<tf.Tensor[]>(CROSS_ENTROPY, inputs)[0] as tf.Scalar;
  });
}

tf.registerGradient({
  kernelName: CROSS_ENTROPY,
  outputsToSave: [false, true],
  gradFunc: (dy, [gradient]) => ({ logits: () => tf.mul(gradient, (dy as tf.Tensor[])[0]) }),
});
