import * as tf from "@tensorflow/tfjs-core";
import { addressesIn, rowAddress, simdKernels } from "./simd";
import { byImages, geometryOf } from "./simdConvolutions";
import { allocate, type WasmKernel } from "./wasmMemory";

type Shape4 = [number, number, number, number];

/** Name of a kernel that tfjs does not have. */
export const CONVOLUTION_POOL = "ConvolutionLeakyReluMaxPool";

/**
 * A convolution of stride 1, plus bias, through leaky ReLU, then max pooling by 2 x 2 with stride 2,
 * in one pass, where the engine has SIMD: inputs `x` N x H x W x C, `filter` and `bias`; attributes
 * `pad` ("same" or "valid") and `slope`, which is positive.
 */
export const convolutionPoolKernel: WasmKernel = ({ inputs, attrs, backend }) => {
  const { x, filter, bias } = inputs;
  const shapes = [x.shape as Shape4, filter.shape as Shape4] as const;
  const info = tf.backend_util.computeConv2DInfo(...shapes, 1, 1, attrs.pad as "same" | "valid");
  const { batchSize, outHeight, outWidth, outChannels } = info;
  const pooled = [batchSize, outHeight >> 1, outWidth >> 1, outChannels];
  const out = allocate(backend, pooled);
  const kernels = simdKernels(backend)!;
  const geometry = geometryOf(info);
  const scratchFloats = kernels.convolutionPoolScratch(...geometry);
  byImages(backend, geometry, scratchFloats, (from, geometry, scratch) => [
    "convolutionPool",
    [
      rowAddress(backend, x, from),
      ...addressesIn(backend)(filter, bias),
      rowAddress(backend, out, from),
      ...geometry,
      attrs.slope as number,
      scratch,
    ],
  ]);
  return out;
};
