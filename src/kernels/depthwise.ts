import { onChannelsLast, composed } from "./composed";
import {
  backwardConvolution,
  byImages,
  type Convolution,
  convolutionOf,
  explicitAttributes,
  inSteps,
  isUndilated,
  operationsOf,
  zeros,
} from "./convolutions";
import { isAnyEmpty } from "./checks";
import { addressesIn, rowAddress, simdKernels } from "./simd";
import { runInParts } from "./threads";
import { convolutionGeometry } from "./trainingKernels";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

/** `DepthwiseConv2dNative` of tfjs: the backend's own kernel with padding as numbers. */
export const depthwise = (stock: WasmKernel): WasmKernel => {
  const kernel = "DepthwiseConv2dNative";
  return onChannelsLast(kernel, ["x", "result"], ({ inputs: { x, filter }, attrs, backend }) => {
    const convolution = convolutionOf(kernel, x.shape, filter.shape, attrs, true);
    const { outShape } = convolution;
    if (isAnyEmpty(outShape, x.shape, filter.shape)) return zeros(backend, outShape);
    return stock({ inputs: { x, filter }, attrs: explicitAttributes(convolution), backend });
  });
};

/** `FusedDepthwiseConv2D` of tfjs, for every bias and activation. */
export const fusedDepthwise: WasmKernel = (call) =>
  inSteps("FusedDepthwiseConv2D", "DepthwiseConv2dNative", call);

/**
 * Gradient of a depthwise convolution by its filter, `DepthwiseConv2dNativeBackpropFilter` of tfjs.
 *
 * Inputs `x` N x H x W x C and `dy` N x A x B x (C M); attribute `filterShape` I x J x C x M.
 */
export const depthwiseFilterGradient: WasmKernel = onChannelsLast(
  "DepthwiseConv2dNativeBackpropFilter",
  ["x", "dy"],
  ({ inputs: { x, dy }, attrs, backend }) => {
    const name = "DepthwiseConv2dNativeBackpropFilter";
    const shapes = [x.shape, attrs.filterShape as number[]] as const;
    return composed(backend, (composition) => {
      const backward = backwardConvolution(name, ...shapes, dy, attrs, composition, true);
      const { convolution, gradient } = backward;
      const { filterShape, sizes } = convolution;
      if (isAnyEmpty(filterShape, x.shape, dy.shape)) return zeros(backend, filterShape);
      const out = allocate(backend, filterShape);
      if (simdKernels(backend) !== undefined && isUndilated(convolution)) {
        const geometry = convolutionGeometry(sizes);
        const units = Math.ceil(sizes.outChannels / 16);
        const operations = operationsOf(geometry) / sizes.channels;
        runInParts(backend, { units, operations }, (from, end) => [
          "depthwiseFilterGradient",
          [...addressesIn(backend)(x, gradient, out), ...geometry, from, end],
        ]);
        return out;
      }
      const tensors = [x, gradient, out] as const;
      const [input, dys, result] = tensors.map((tensor) => valuesOf(backend, tensor));
      result.fill(0);
      forEachContribution(convolution, (xAt, dyAt, filterAt) => {
        result[filterAt] += input[xAt] * dys[dyAt];
      });
      return out;
    });
  },
);

/**
 * Gradient of a depthwise convolution by its input, `DepthwiseConv2dNativeBackpropInput` of tfjs.
 *
 * Inputs `dy` N x A x B x (C M) and `filter` I x J x C x M; attribute `inputShape` N x H x W x C.
 */
export const depthwiseInputGradient: WasmKernel = onChannelsLast(
  "DepthwiseConv2dNativeBackpropInput",
  ["dy", "result"],
  ({ inputs: { dy, filter }, attrs, backend }) => {
    const name = "DepthwiseConv2dNativeBackpropInput";
    const shapes = [attrs.inputShape as number[], filter.shape] as const;
    return composed(backend, (composition) => {
      const backward = backwardConvolution(name, ...shapes, dy, attrs, composition, true);
      const { convolution, gradient } = backward;
      const { inShape, sizes } = convolution;
      if (isAnyEmpty(inShape, filter.shape, dy.shape)) return zeros(backend, inShape);
      const out = allocate(backend, inShape);
      if (simdKernels(backend) !== undefined && isUndilated(convolution)) {
        byImages(backend, convolutionGeometry(sizes), 0, (from, geometry) => [
          "depthwiseInputGradient",
          [
            rowAddress(backend, gradient, from),
            ...addressesIn(backend)(filter),
            rowAddress(backend, out, from),
            ...geometry,
          ],
        ]);
        return out;
      }
      const tensors = [gradient, filter, out] as const;
      const [dys, weights, result] = tensors.map((tensor) => valuesOf(backend, tensor));
      result.fill(0);
      forEachContribution(convolution, (xAt, dyAt, filterAt) => {
        result[xAt] += weights[filterAt] * dys[dyAt];
      });
      return out;
    });
  },
);

/** Calls `visit` with the flat positions of every product x[..] filter[..] that adds to y[..]. */
function forEachContribution(
  { rows, columns, sizes, outShape }: Convolution,
  visit: (xAt: number, yAt: number, filterAt: number) => void,
): void {
  const [count, outHeight, outWidth, outChannels] = outShape;
  const multiplier = outChannels / sizes.channels;
  for (let n = 0; n < count; n++)
    for (let a = 0; a < outHeight; a++)
      for (let b = 0; b < outWidth; b++)
        for (let i = 0; i < rows.length; i++) {
          const row = a * rows.stride + i * rows.dilation - rows.before;
          if (row < 0 || row >= rows.size) continue;
          for (let j = 0; j < columns.length; j++) {
            const column = b * columns.stride + j * columns.dilation - columns.before;
            if (column < 0 || column >= columns.size) continue;
            const xAt = ((n * rows.size + row) * columns.size + column) * sizes.channels;
            const yAt = ((n * outHeight + a) * outWidth + b) * outChannels;
            const filterAt = (i * columns.length + j) * outChannels;
            for (let k = 0; k < outChannels; k++)
              visit(xAt + Math.floor(k / multiplier), yAt + k, filterAt + k);
          }
        }
}
