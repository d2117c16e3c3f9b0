import { checkShape, checkType, refuse, sizeOf } from "./checks";
import { byImages, convolutionOf } from "./convolutions";
import { addressesIn, rowAddress, simdKernels } from "./simd";
import { convolutionGeometry } from "./trainingKernels";
import { allocate, type WasmKernel } from "./wasmMemory";

/** Name of a kernel that tfjs does not have. */
export const CONVOLUTION_POOL = "ConvolutionLeakyReluMaxPool";

/**
 * A convolution of stride 1, plus bias, through leaky ReLU, then max pooling by 2 x 2 with stride 2,
 * in one pass, where the engine has SIMD: inputs `x` N x H x W x C, `filter` and `bias`; attributes
 * `pad` ("same" or "valid") and `slope`, which is positive.
 *
 * @throws {RangeError} For other shapes, types and slopes, and without SIMD.
 */
export const convolutionPoolKernel: WasmKernel = ({ inputs, attrs, backend }) => {
  const { x, filter, bias } = inputs;
  const { pad } = attrs;
  const slope = attrs.slope as number;
  for (const [name, tensor] of Object.entries(inputs)) checkType(CONVOLUTION_POOL, name, tensor);
  const { sizes } = convolutionOf(CONVOLUTION_POOL, x.shape, filter.shape, { pad });
  checkShape(CONVOLUTION_POOL, "bias", bias, [sizes.outChannels]);
  if (!(slope > 0)) refuse(CONVOLUTION_POOL, "slope", "above 0", slope);
  const kernels = simdKernels(backend);
  if (!kernels) refuse(CONVOLUTION_POOL, "engine", "with SIMD", "none");
  const { count, outHeight, outWidth, outChannels } = sizes;
  const out = allocate(backend, [count, outHeight >> 1, outWidth >> 1, outChannels]);
  if (sizeOf(out.shape) === 0) return out;
  const geometry = convolutionGeometry(sizes);
  const scratchFloats = kernels.convolutionPoolScratch(...geometry);
  byImages(backend, geometry, scratchFloats, (from, geometry, scratch) => [
    "convolutionPool",
    [
      rowAddress(backend, x, from),
      ...addressesIn(backend)(filter, bias),
      rowAddress(backend, out, from),
      ...geometry,
      slope,
      scratch,
    ],
  ]);
  return out;
};
