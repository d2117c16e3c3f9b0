import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-wasm";
import {
  BATCH_NORM_BACKWARD,
  BATCH_NORM_FORWARD,
  BATCH_NORM_POOL_BACKWARD,
  BATCH_NORM_POOL_FORWARD,
  batchNormBackwardKernel,
  batchNormForwardKernel,
  batchNormPoolBackwardKernel,
  batchNormPoolForwardKernel,
} from "./batchNormKernels";
import {
  convolutionFilterGradient,
  convolutionInputGradient,
  refusingUnevenPadding,
} from "./convolutionGradients";
import { CONVOLUTION_POOL, convolutionPoolKernel } from "./convolutionPoolKernel";
import { depthwiseFilterGradient, depthwiseInputGradient } from "./depthwiseGradients";
import { maxPoolGradient } from "./maxPoolGradient";
import { CROSS_ENTROPY, crossEntropyKernel } from "./crossEntropyKernels";
import { SGD_UPDATE, sgdKernel } from "./sgdKernel";
import { simdConvolution, simdFilterGradient, simdInputGradient } from "./simdConvolutions";
import { simdMatrixProduct } from "./simdMatrixProduct";
import { simdAveragePoolGradient, simdMaxPool } from "./simdPools";
import { unsortedSegmentSum } from "./unsortedSegmentSum";
import { asKernelFunc, type WasmKernel } from "./wasmMemory";

/**
 * Brings training to tfjs's wasm backend: registers the gradient kernels that it lacks under tfjs's
 * own names, and faster ones where it has slow ones. Any tfjs model trains on the backend after it.
 * Calling it again does nothing.
 */
export function registerWasmKernels(): void {
  if (tf.getKernel(BATCH_NORM_FORWARD, "wasm") !== undefined) return;
  const register = (kernelName: string, kernel: WasmKernel) =>
    tf.registerKernel({ kernelName, backendName: "wasm", kernelFunc: asKernelFunc(kernel) });
  replace("Identity", () => sharedIdentity);
  replace("Conv2D", (stock) => simdConvolution(refusingUnevenPadding(asKernelFunc(stock))));
  replace("FusedConv2D", (stock) => simdConvolution(refusingUnevenPadding(asKernelFunc(stock))));
  replace("Conv2DBackpropInput", (stock) =>
    simdInputGradient(convolutionInputGradient(asKernelFunc(stock))),
  );
  replace("MaxPool", simdMaxPool);
  replace("MaxPoolGrad", () => maxPoolGradient);
  replace("AvgPoolGrad", simdAveragePoolGradient);
  replace("BatchMatMul", simdMatrixProduct);
  register("Conv2DBackpropFilter", simdFilterGradient(convolutionFilterGradient));
  register("DepthwiseConv2dNativeBackpropFilter", depthwiseFilterGradient);
  register("DepthwiseConv2dNativeBackpropInput", depthwiseInputGradient);
  register("UnsortedSegmentSum", unsortedSegmentSum);
  register(BATCH_NORM_FORWARD, batchNormForwardKernel);
  register(BATCH_NORM_BACKWARD, batchNormBackwardKernel);
  register(BATCH_NORM_POOL_FORWARD, batchNormPoolForwardKernel);
  register(BATCH_NORM_POOL_BACKWARD, batchNormPoolBackwardKernel);
  register(CONVOLUTION_POOL, convolutionPoolKernel);
  register(CROSS_ENTROPY, crossEntropyKernel);
  register(SGD_UPDATE, sgdKernel);
}

/**
 * `Identity` of tfjs without a copy, as on its cpu backend: tensors do not change, so two can have
 * the same values. The tape of a gradient keeps every kernel's inputs by it.
 */
const sharedIdentity: WasmKernel = ({ inputs: { x }, backend }) => {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
};

/** Puts a kernel in the place of one of the backend's, which it gets to fall back on. */
function replace(kernelName: string, kernel: (stock: WasmKernel) => WasmKernel): void {
  const stock = tf.getKernel(kernelName, "wasm");
  tf.unregisterKernel(kernelName, "wasm");
  tf.registerKernel({
    ...stock,
    kernelFunc: asKernelFunc(kernel(stock.kernelFunc as unknown as WasmKernel)),
  });
}
