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
import { convolutionFilterGradient, convolutionInputGradient } from "./convolutionGradients";
import { CONVOLUTION_POOL, convolutionPoolKernel } from "./convolutionPoolKernel";
import { convolution, fusedConvolution } from "./convolutions";
import { convolution3d, filterGradient3d, inputGradient3d } from "./convolutions3d";
import { CROSS_ENTROPY, crossEntropyKernel } from "./crossEntropyKernels";
import {
  depthwise,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  fusedDepthwise,
} from "./depthwise";
import { dilation, dilationGradient } from "./dilation";
import { einsum, registerEinsumGradient } from "./einsum";
import { cast, clipByValue, prelu } from "./elementwise";
import { gather, slice, transpose } from "./gather";
import { fusedMatrixProduct, matrixProduct } from "./matrixProducts";
import { averagePool, averagePoolGradient, maxPool, maxPoolGradient } from "./pools";
import { nearestNeighborGradient } from "./resizeGradient";
import { SGD_UPDATE, sgdKernel } from "./sgdKernel";
import { tile } from "./tile";
import { unsortedSegmentSum } from "./unsortedSegmentSum";
import { asKernelFunc, type WasmKernel } from "./wasmMemory";

/**
 * Adds training to tfjs's wasm backend: registers missing gradient kernels under tfjs's own names,
 * and replaces slow and wrong ones. Any tfjs model then trains on the backend. Further calls do
 * nothing.
 *
 * Limits: complex numbers, strings and ragged tensors are left to tfjs. A convolution by Winograd's
 * algorithm (3 x 3, stride 1, 16 channels or more) turns the outputs beside an infinite one to NaN,
 * and a NaN in its input reaches every tap of the filter's gradient.
 *
 * The kernels throw a RangeError with kernel, argument, expected and actual value for shapes, types
 * and attributes that do not fit together.
 */
export function registerWasmKernels(): void {
  if (tf.getKernel(BATCH_NORM_FORWARD, "wasm") !== undefined) return;
  const register = (kernelName: string, kernel: WasmKernel) =>
    tf.registerKernel({ kernelName, backendName: "wasm", kernelFunc: asKernelFunc(kernel) });
  replace("Identity", () => sharedIdentity);
  const stock = (name: string) => tf.getKernel(name, "wasm").kernelFunc as unknown as WasmKernel;
  const [convolve, gradient] = [stock("Conv2D"), stock("Conv2DBackpropInput")];
  replace("Conv2D", convolution);
  replace("FusedConv2D", () => fusedConvolution(convolve));
  replace("Conv2DBackpropInput", convolutionInputGradient);
  register("Conv2DBackpropFilter", convolutionFilterGradient);
  replace("Conv3D", () => convolution3d(convolve));
  replace("Conv3DBackpropInputV2", () => inputGradient3d(gradient));
  replace("Conv3DBackpropFilterV2", () => filterGradient3d);
  replace("DepthwiseConv2dNative", depthwise);
  replace("FusedDepthwiseConv2D", () => fusedDepthwise);
  register("DepthwiseConv2dNativeBackpropFilter", depthwiseFilterGradient);
  register("DepthwiseConv2dNativeBackpropInput", depthwiseInputGradient);
  for (const name of ["MaxPool", "MaxPool3D"] as const) replace(name, () => maxPool(name));
  for (const name of ["AvgPool", "AvgPool3D"] as const)
    replace(name, (stock) => averagePool(name, stock));
  for (const name of ["MaxPoolGrad", "MaxPool3DGrad"] as const)
    replace(name, () => maxPoolGradient(name));
  for (const name of ["AvgPoolGrad", "AvgPool3DGrad"] as const)
    replace(name, () => averagePoolGradient(name));
  replace("Dilation2D", () => dilation);
  for (const name of ["Dilation2DBackpropInput", "Dilation2DBackpropFilter"] as const)
    replace(name, () => dilationGradient(name));
  replace("ResizeNearestNeighborGrad", () => nearestNeighborGradient);
  replace("BatchMatMul", matrixProduct);
  replace("_FusedMatMul", () => fusedMatrixProduct);
  replace("Prelu", prelu);
  replace("ClipByValue", () => clipByValue);
  replace("GatherV2", gather);
  replace("Slice", slice);
  replace("Transpose", transpose);
  replace("Cast", cast);
  replace("Tile", tile);
  register("Einsum", einsum);
  registerEinsumGradient();
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
