import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { isAnyEmpty } from "./checks";
import { composed, onChannelsLast } from "./composed";
import {
  backwardConvolution,
  byImages,
  explicitAttributes,
  operationsOf,
  zeros,
  type Convolution,
} from "./convolutions";
import { addressesIn, rowAddress, simdKernels } from "./simd";
import { runInParts } from "./threads";
import { convolutionGeometry } from "./trainingKernels";
import { allocate, type WasmKernel } from "./wasmMemory";

/**
 * Gradient of a 2-D convolution by its input, `Conv2DBackpropInput` of tfjs.
 *
 * Inputs `dy` N x A x B x K and `filter` I x J x C x K; attribute `inputShape` N x H x W x C.
 */
export const convolutionInputGradient = (stock: WasmKernel): WasmKernel =>
  onChannelsLast("Conv2DBackpropInput", ["dy", "result"], ({ inputs, attrs, backend }) => {
    const { dy, filter } = inputs;
    const shapes = [attrs.inputShape as number[], filter.shape] as const;
    return composed(backend, (composition) => {
      const backward = backwardConvolution(
        "Conv2DBackpropInput",
        ...shapes,
        dy,
        attrs,
        composition,
      );
      const { convolution, gradient } = backward;
      return composition.owned(inputGradient(stock, backend, gradient, filter, convolution));
    });
  });

/**
 * Gradient of a 2-D convolution by its filter, `Conv2DBackpropFilter` of tfjs:
 * dFilter[i, j, c, k] = sum over n, a, b of x[n, a s + i - top, b s + j - left, c] dy[n, a, b, k].
 *
 * Inputs `x` N x H x W x C and `dy` N x A x B x K; attribute `filterShape` I x J x C x K.
 */
export const convolutionFilterGradient: WasmKernel = onChannelsLast(
  "Conv2DBackpropFilter",
  ["x", "dy"],
  ({ inputs: { x, dy }, attrs, backend }) => {
    const shapes = [x.shape, attrs.filterShape as number[]] as const;
    return composed(backend, (composition) => {
      const name = "Conv2DBackpropFilter";
      const backward = backwardConvolution(name, ...shapes, dy, attrs, composition);
      const { convolution, gradient } = backward;
      return composition.owned(filterGradient(backend, x, gradient, convolution));
    });
  },
);

/** The gradient by the input, of a dy of the convolution's size, without dilation. */
export function inputGradient(
  stock: WasmKernel,
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  convolution: Convolution,
): TensorInfo {
  const { inShape, sizes } = convolution;
  if (isAnyEmpty(inShape, dy.shape, filter.shape)) return zeros(backend, inShape);
  const kernels = simdKernels(backend);
  if (!kernels) return inputGradientWithoutSimd(stock, backend, dy, filter, convolution);
  const out = allocate(backend, inShape);
  const at = addressesIn(backend);
  const geometry = convolutionGeometry(sizes);
  const scratchFloats = kernels.convolutionInputGradientScratch(...geometry);
  byImages(backend, geometry, scratchFloats, (from, geometry, scratch) => [
    "convolutionInputGradient",
    [
      rowAddress(backend, dy, from),
      ...at(filter),
      rowAddress(backend, out, from),
      ...geometry,
      scratch,
    ],
  ]);
  return out;
}

/**
 * With stride 1 the gradient is the convolution of dy by the filter turned by 180 degrees, its input
 * and output channels exchanged, which is faster than the backend's own kernel. That takes the rest.
 */
function inputGradientWithoutSimd(
  stock: WasmKernel,
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  convolution: Convolution,
): TensorInfo {
  const sides = [convolution.rows, convolution.columns].map((windows) => {
    const { size, count, length, before } = windows;
    return [length - 1 - before, size - count + before];
  });
  const isTurned = [convolution.rows, convolution.columns].every(({ stride }) => stride === 1);
  if (!isTurned || Math.min(...sides.flat()) < 0)
    return stock({
      inputs: { dy, filter },
      attrs: { ...explicitAttributes(convolution), inputShape: convolution.inShape },
      backend,
    }) as TensorInfo;
  return composed(backend, ({ run }) => {
    const turned = run("Reverse", { x: filter }, { dims: [0, 1] });
    const exchanged = run("Transpose", { x: turned }, { perm: [0, 1, 3, 2] });
    const pad = [[0, 0], ...sides, [0, 0]];
    const attrs = { strides: 1, dilations: 1, pad, dataFormat: "NHWC" };
    return run("Conv2D", { x: dy, filter: exchanged }, attrs);
  });
}

/** The gradient by the filter, of a dy of the convolution's size, without dilation. */
export function filterGradient(
  backend: BackendWasm,
  x: TensorInfo,
  dy: TensorInfo,
  convolution: Convolution,
): TensorInfo {
  const { filterShape, sizes } = convolution;
  if (isAnyEmpty(filterShape, x.shape, dy.shape)) return zeros(backend, filterShape);
  const kernels = simdKernels(backend);
  if (!kernels) return filterGradientWithoutSimd(backend, x, dy, convolution);
  const out = allocate(backend, filterShape);
  const geometry = convolutionGeometry(sizes);
  const work = {
    units: Math.ceil(sizes.outChannels / 8),
    operations: operationsOf(geometry),
    scratch: kernels.convolutionFilterGradientScratch(...geometry),
  };
  runInParts(backend, work, (from, end, scratch) => [
    "convolutionFilterGradient",
    [...addressesIn(backend)(x, dy, out), ...geometry, from, end, scratch],
  ]);
  return out;
}

/**
 * The gradient as a convolution: of x with its channels as examples, by dy with its examples as
 * channels, stride and dilation exchanged.
 */
function filterGradientWithoutSimd(
  backend: BackendWasm,
  x: TensorInfo,
  dy: TensorInfo,
  convolution: Convolution,
): TensorInfo {
  const { rows, columns, filterShape } = convolution;
  return composed(backend, ({ run }) => {
    const examplesLast = run("Transpose", { x }, { perm: [3, 1, 2, 0] });
    const asFilter = run("Transpose", { x: dy }, { perm: [1, 2, 0, 3] });
    const attrs = {
      ...explicitAttributes(convolution),
      strides: 1,
      dilations: [rows.stride, columns.stride],
    };
    const convolved = run("Conv2D", { x: examplesLast, filter: asFilter }, attrs);
    // Input rows that no filter position reaches give rows too many.
    const size = [filterShape[2], filterShape[0], filterShape[1], filterShape[3]];
    const cut = run("Slice", { x: convolved }, { begin: [0, 0, 0, 0], size });
    return run("Transpose", { x: cut }, { perm: [1, 2, 0, 3] });
  });
}
