import * as tf from "@tensorflow/tfjs-core";
import { rowAddress, simdKernels } from "./simd";
import { movedOperations, runInParts } from "./threads";
import { allocate, type WasmKernel } from "./wasmMemory";

type Shape4 = [number, number, number, number];
type Pool = ReturnType<typeof tf.backend_util.computePool2DInfo>;

/** Arguments of a pooling kernel of tfjs, with the sizes that follow from them. */
export function poolInfo(inputShape: number[], attrs: Record<string, unknown>): Pool {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  return tf.backend_util.computePool2DInfo(
    inputShape as Shape4,
    filterSize as [number, number],
    strides as [number, number],
    1,
    pad as "same",
    dimRoundingMode as "floor" | undefined,
  );
}

/** Whether a pool's windows are size x size, side by side, all of them inside the input. */
export function isTiling(info: Pool, size = info.filterHeight): boolean {
  const { top, left, bottom, right } = info.padInfo;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  return (
    [filterHeight, filterWidth, strideHeight, strideWidth].every((side) => side === size) &&
    [top, left, bottom, right].every((padding) => padding === 0) &&
    // Rounding up adds windows over the edge.
    info.outHeight === Math.floor(info.inHeight / size) &&
    info.outWidth === Math.floor(info.inWidth / size)
  );
}

/** `MaxPool` of tfjs, in SIMD for 2 x 2 windows side by side. */
export function simdMaxPool(fallback: WasmKernel): WasmKernel {
  return (call) => {
    const { x } = call.inputs;
    const { backend, attrs } = call;
    const kernels = simdKernels(backend);
    if (kernels === undefined || x.shape.length !== 4 || x.dtype !== "float32")
      return fallback(call);
    const info = poolInfo(x.shape, attrs);
    if (!isTiling(info, 2)) return fallback(call);
    const out = allocate(backend, info.outShape);
    const { batchSize, inHeight, inWidth, inChannels } = info;
    const sizes = [inHeight, inWidth, inChannels] as const;
    const work = { units: batchSize, operations: movedOperations(x) };
    runInParts(backend, work, (from, end) => [
      "maxPoolForward",
      [rowAddress(backend, x, from), rowAddress(backend, out, from), end - from, ...sizes],
    ]);
    return out;
  };
}

/** `AvgPoolGrad` of tfjs, in SIMD for square windows side by side. */
export function simdAveragePoolGradient(fallback: WasmKernel): WasmKernel {
  return (call) => {
    const { dy, input } = call.inputs;
    const { backend, attrs } = call;
    const kernels = simdKernels(backend);
    if (kernels === undefined || input.shape.length !== 4 || dy.dtype !== "float32")
      return fallback(call);
    const info = poolInfo(input.shape, attrs);
    if (!isTiling(info)) return fallback(call);
    const out = allocate(backend, input.shape);
    const { batchSize, inHeight, inWidth, inChannels, filterHeight } = info;
    const sizes = [inHeight, inWidth, inChannels, filterHeight] as const;
    const work = { units: batchSize, operations: movedOperations(input) };
    runInParts(backend, work, (from, end) => [
      "averagePoolGradient",
      [rowAddress(backend, dy, from), rowAddress(backend, out, from), end - from, ...sizes],
    ]);
    return out;
  };
}
