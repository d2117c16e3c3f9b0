import type { TensorInfo } from "@tensorflow/tfjs-core";
import { checkShape, checkType, refuse, sizeOf } from "./checks";
import { addressOf, simdKernels } from "./simd";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

/** Name of a kernel that tfjs does not have. */
export const SGD_UPDATE = "SgdUpdate";

/**
 * One step of stochastic gradient descent on all parameters, in SIMD only: inputs `weights0`,
 * `velocities0`, optional `gradients0` (without it 0), `weights1`, ...; attributes `count`,
 * `learningRate`, `momentum`, `weightDecay`, `nesterov`; outputs the new weights and velocities,
 * weights0, velocities0, weights1, ... The inputs stay as they are.
 *
 * @throws {RangeError} For tensors of other types, or of other shapes than the weights', and without
 *   SIMD.
 */
export const sgdKernel: WasmKernel = ({ inputs, attrs, backend }) => {
  const { count, learningRate, momentum, weightDecay, nesterov } = attrs as Record<string, number>;
  const kernels = simdKernels(backend);
  if (!kernels) refuse(SGD_UPDATE, "engine", "with SIMD", "none");
  for (let i = 0; i < count; i++)
    for (const name of ["weights", "velocities", "gradients"].map((one) => `${one}${i}`)) {
      const tensor = inputs[name];
      if (!tensor && name.startsWith("gradients")) continue;
      if (!tensor) refuse(SGD_UPDATE, name, "given", "none");
      checkType(SGD_UPDATE, name, tensor);
      checkShape(SGD_UPDATE, name, tensor, inputs[`weights${i}`].shape);
    }
  const outputs: TensorInfo[] = [];
  for (let i = 0; i < count; i++) {
    const before = [inputs[`weights${i}`], inputs[`velocities${i}`]];
    const after = before.map((tensor) => allocate(backend, tensor.shape));
    const gradients = inputs[`gradients${i}`];
    const at = (tensor: TensorInfo) => addressOf(backend, tensor);
    const size = sizeOf(before[0].shape);
    before.forEach((tensor, j) => valuesOf(backend, after[j]).set(valuesOf(backend, tensor)));
    kernels.sgdUpdate(
      at(after[0]),
      gradients ? at(gradients) : 0,
      at(after[1]),
      size,
      learningRate,
      momentum,
      weightDecay,
      nesterov ? 1 : 0,
    );
    outputs.push(...after);
  }
  return outputs;
};
