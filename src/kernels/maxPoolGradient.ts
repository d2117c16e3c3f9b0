import type * as tf from "@tensorflow/tfjs-core";
import { rowAddress, simdKernels } from "./simd";
import { isTiling, poolInfo } from "./simdPools";
import { movedOperations, runInParts } from "./threads";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

type Pool = ReturnType<typeof tf.backend_util.computePool2DInfo>;

/**
 * Gradient of a max pool, `MaxPoolGrad` of tfjs. Of equal values in a window the first takes the
 * gradient, as on tfjs's cpu backend and in PyTorch; the wasm backend's own kernel gives it to the
 * last. Constant regions, such as the background of a digit, make such windows common.
 *
 * Inputs `dy` N x A x B x C and `input` N x H x W x C.
 */
export const maxPoolGradient: WasmKernel = ({ inputs: { dy, input }, attrs, backend }) => {
  const info = poolInfo(input.shape, attrs);
  const out = allocate(backend, input.shape);
  const kernels = simdKernels(backend);
  if (kernels !== undefined && isTiling(info, 2)) {
    const { batchSize: units, inHeight, inWidth, inChannels } = info;
    const at = (from: number) => [input, dy, out].map((one) => rowAddress(backend, one, from));
    runInParts(backend, { units, operations: movedOperations(input) }, (from, end) => {
      const [x, dyAt, dx] = at(from);
      return ["maxPoolGradient", [x, dyAt, dx, end - from, inHeight, inWidth, inChannels]];
    });
    return out;
  }
  const [gradient, values, result] = [dy, input, out].map((tensor) => valuesOf(backend, tensor));
  result.fill(0);
  scatterToMaxima(info, values, gradient, result);
  return out;
};

/** Adds each output's gradient to the first largest value of its window. */
function scatterToMaxima(
  { batchSize, inHeight, inWidth, inChannels: channels, outHeight, outWidth, ...window }: Pool,
  values: Float32Array,
  gradient: Float32Array,
  result: Float32Array,
): void {
  const { strideHeight, strideWidth, filterHeight, filterWidth, padInfo } = window;
  let at = 0;
  for (let n = 0; n < batchSize; n++)
    for (let a = 0; a < outHeight; a++) {
      const top = Math.max(0, a * strideHeight - padInfo.top);
      const bottom = Math.min(inHeight, a * strideHeight - padInfo.top + filterHeight);
      for (let b = 0; b < outWidth; b++) {
        const left = Math.max(0, b * strideWidth - padInfo.left);
        const right = Math.min(inWidth, b * strideWidth - padInfo.left + filterWidth);
        for (let c = 0; c < channels; c++, at++) {
          let largest = -Infinity;
          let where = -1;
          for (let row = top; row < bottom; row++) {
            const start = (n * inHeight + row) * inWidth;
            for (
              let i = (start + left) * channels + c;
              i < (start + right) * channels;
              i += channels
            )
              if (values[i] > largest) {
                largest = values[i];
                where = i;
              }
          }
          if (where >= 0) result[where] += gradient[at];
        }
      }
    }
}
