import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import {
  BATCH_NORM_BACKWARD,
  BATCH_NORM_FORWARD,
  batchNormBackwardKernel,
  batchNormForwardKernel,
} from "./batchNormKernels";
import { convolutionFilterGradient, convolutionInputGradient } from "./convolutionGradients";
import { depthwiseFilterGradient, depthwiseInputGradient } from "./depthwiseGradients";
import { unsortedSegmentSum } from "./unsortedSegmentSum";
import { asKernelFunc, type WasmKernel } from "./wasmMemory";

/**
 * Brings training to tfjs's wasm backend: registers the gradient kernels that it lacks under tfjs's
 * own names, and faster ones where it has slow ones. Any tfjs model trains on the backend after it.
 * Calling it again does nothing.
 */
export function registerWasmKernels(): void {
  if (tf.getKernel(BATCH_NORM_FORWARD, "wasm") !== undefined) return;
  const backpropInput = tf.getKernel("Conv2DBackpropInput", "wasm");
  tf.unregisterKernel("Conv2DBackpropInput", "wasm");
  const register = (kernelName: string, kernel: WasmKernel) =>
    tf.registerKernel({ kernelName, backendName: "wasm", kernelFunc: asKernelFunc(kernel) });
  tf.registerKernel({
    ...backpropInput,
    kernelFunc: asKernelFunc(convolutionInputGradient(backpropInput.kernelFunc)),
  });
  register("Conv2DBackpropFilter", convolutionFilterGradient);
  register("DepthwiseConv2dNativeBackpropFilter", depthwiseFilterGradient);
  register("DepthwiseConv2dNativeBackpropInput", depthwiseInputGradient);
  register("UnsortedSegmentSum", unsortedSegmentSum);
  register(BATCH_NORM_FORWARD, batchNormForwardKernel);
  register(BATCH_NORM_BACKWARD, batchNormBackwardKernel);
}
