import * as tf from "@tensorflow/tfjs-core";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

type Convolution = ReturnType<typeof tf.backend_util.computeConv2DInfo>;
type Shape4 = [number, number, number, number];

/**
 * Gradient of a depthwise convolution by its filter, `DepthwiseConv2dNativeBackpropFilter` of tfjs.
 *
 * Inputs `x` N x H x W x C and `dy` N x A x B x (C M); attribute `filterShape` I x J x C x M.
 */
export const depthwiseFilterGradient: WasmKernel = ({ inputs: { x, dy }, attrs, backend }) => {
  const filterShape = attrs.filterShape as Shape4;
  const info = depthwiseOf(x.shape as Shape4, filterShape, attrs);
  const out = allocate(backend, filterShape);
  const [input, gradient, result] = [x, dy, out].map((tensor) => valuesOf(backend, tensor));
  result.fill(0);
  forEachContribution(info, (xAt, dyAt, filterAt) => {
    result[filterAt] += input[xAt] * gradient[dyAt];
  });
  return out;
};

/**
 * Gradient of a depthwise convolution by its input, `DepthwiseConv2dNativeBackpropInput` of tfjs.
 *
 * Inputs `dy` N x A x B x (C M) and `filter` I x J x C x M; attribute `inputShape` N x H x W x C.
 */
export const depthwiseInputGradient: WasmKernel = ({ inputs: { dy, filter }, attrs, backend }) => {
  const inputShape = attrs.inputShape as Shape4;
  const info = depthwiseOf(inputShape, filter.shape as Shape4, attrs);
  const out = allocate(backend, inputShape);
  const [gradient, weights, result] = [dy, filter, out].map((tensor) => valuesOf(backend, tensor));
  result.fill(0);
  forEachContribution(info, (xAt, dyAt, filterAt) => {
    result[xAt] += weights[filterAt] * gradient[dyAt];
  });
  return out;
};

function depthwiseOf(
  inputShape: Shape4,
  filterShape: Shape4,
  { strides, dilations, pad, dimRoundingMode }: Record<string, unknown>,
): Convolution {
  return tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides as [number, number],
    dilations as [number, number],
    pad as "same",
    dimRoundingMode as "floor" | undefined,
    true,
  );
}

/** Calls `visit` with the flat positions of every product x[..] filter[..] that adds to y[..]. */
function forEachContribution(
  info: Convolution,
  visit: (xAt: number, yAt: number, filterAt: number) => void,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  const multiplier = outChannels / inChannels;
  for (let n = 0; n < batchSize; n++)
    for (let a = 0; a < outHeight; a++)
      for (let b = 0; b < outWidth; b++)
        for (let i = 0; i < filterHeight; i++) {
          const row = a * strideHeight + i * info.dilationHeight - padInfo.top;
          if (row < 0 || row >= inHeight) continue;
          for (let j = 0; j < filterWidth; j++) {
            const column = b * strideWidth + j * info.dilationWidth - padInfo.left;
            if (column < 0 || column >= inWidth) continue;
            const xAt = ((n * inHeight + row) * inWidth + column) * inChannels;
            const yAt = ((n * outHeight + a) * outWidth + b) * outChannels;
            const filterAt = (i * filterWidth + j) * outChannels;
            for (let k = 0; k < outChannels; k++)
              visit(xAt + Math.floor(k / multiplier), yAt + k, filterAt + k);
          }
        }
}
