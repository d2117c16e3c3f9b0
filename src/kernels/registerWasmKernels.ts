import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import {
  BATCH_NORM_BACKWARD,
  BATCH_NORM_FORWARD,
  batchNormBackwardKernel,
  batchNormForwardKernel,
} from "./batchNormKernels";
import {
  convolutionFilterGradient,
  convolutionInputGradient,
  refusingUnevenPadding,
} from "./convolutionGradients";
import { depthwiseFilterGradient, depthwiseInputGradient } from "./depthwiseGradients";
import { maxPoolGradient } from "./maxPoolGradient";
import { simdConvolution, simdFilterGradient, simdInputGradient } from "./simdConvolutions";
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
  replace("Conv2D", (stock) => simdConvolution(refusingUnevenPadding(stock)));
  replace("FusedConv2D", (stock) => simdConvolution(refusingUnevenPadding(stock)));
  replace("Conv2DBackpropInput", (stock) => simdInputGradient(convolutionInputGradient(stock)));
  replace("MaxPoolGrad", () => maxPoolGradient);
  register("Conv2DBackpropFilter", simdFilterGradient(convolutionFilterGradient));
  register("DepthwiseConv2dNativeBackpropFilter", depthwiseFilterGradient);
  register("DepthwiseConv2dNativeBackpropInput", depthwiseInputGradient);
  register("UnsortedSegmentSum", unsortedSegmentSum);
  register(BATCH_NORM_FORWARD, batchNormForwardKernel);
  register(BATCH_NORM_BACKWARD, batchNormBackwardKernel);
}

/** Puts a kernel in the place of one of the backend's, which it gets to fall back on. */
function replace(kernelName: string, kernel: (stock: tf.KernelFunc) => WasmKernel): void {
  const stock = tf.getKernel(kernelName, "wasm");
  tf.unregisterKernel(kernelName, "wasm");
  tf.registerKernel({ ...stock, kernelFunc: asKernelFunc(kernel(stock.kernelFunc)) });
}
