import { checkShape, checkType, refuse } from "./checks";
import { addressOf, simdKernels, withScratch } from "./simd";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

/** Name of a kernel that tfjs does not have. */
export const CROSS_ENTROPY = "SparseSoftmaxCrossEntropy";

/**
 * Mean cross entropy of softmax(logits) against class indices, in SIMD only: inputs `logits` N x C,
 * `labels` N int32; outputs the mean and its gradient, N x C: (softmax - one hot) / N.
 *
 * @throws {RangeError} For other shapes and types, and without SIMD.
 */
export const crossEntropyKernel: WasmKernel = ({ inputs: { logits, labels }, backend }) => {
  checkShape(CROSS_ENTROPY, "logits", logits, [-1, -1]);
  const [count, classes] = logits.shape;
  checkShape(CROSS_ENTROPY, "labels", labels, [count]);
  checkType(CROSS_ENTROPY, "logits", logits);
  checkType(CROSS_ENTROPY, "labels", labels, "int32");
  const kernels = simdKernels(backend);
  if (!kernels) refuse(CROSS_ENTROPY, "engine", "with SIMD", "none");
  const [mean, gradient] = [[], [count, classes]].map((shape) => allocate(backend, shape));
  const [from, indices, to] = [logits, labels, gradient].map((one) => addressOf(backend, one));
  let value = NaN;
  withScratch(backend, count, (losses) => {
    value = kernels.crossEntropy(from, indices, losses, to, count, classes, 1 / count);
  });
  valuesOf(backend, mean)[0] = value;
  return [mean, gradient];
};
