import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { checkBroadcast, checkShape, isAnyEmpty, isSameShape, refuse, sizeOf } from "./checks";
import { composed, onChannelsLast, type Composition } from "./composed";
import { addressesIn, addressOf, rowAddress, simdKernels } from "./simd";
import { runInParts, type KernelCall } from "./threads";
import {
  convolutionGeometry,
  type Address,
  type ConvolutionGeometry,
  type ConvolutionSizes,
} from "./trainingKernels";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";
import {
  ofGradient,
  paddingAfter,
  windowsOf,
  type WindowAttributes,
  type Windows,
} from "./windows";

type Attributes = Record<string, unknown>;

/** A 2-D convolution, its images with channels last. */
export interface Convolution {
  readonly rows: Windows;
  readonly columns: Windows;
  readonly sizes: ConvolutionSizes;
  readonly inShape: number[];
  readonly filterShape: number[];
  readonly outShape: number[];
}

/**
 * Sizes of a convolution, for all its kernels.
 *
 * @throws {RangeError} If the shapes or attributes do not fit together.
 */
export function convolutionOf(
  kernel: string,
  inShape: number[],
  filterShape: number[],
  attrs: WindowAttributes,
  isDepthwise = false,
): Convolution {
  checkShape(kernel, "input", { shape: inShape }, [-1, -1, -1, -1]);
  checkShape(kernel, "filter", { shape: filterShape }, [-1, -1, inShape[3], -1]);
  const [count, height, width, channels] = inShape;
  const [rows, columns] = windowsOf(kernel, [height, width], filterShape.slice(0, 2), attrs);
  const outChannels = isDepthwise ? channels * filterShape[3] : filterShape[3];
  const sizes = sizesOf(count, channels, outChannels, rows, columns);
  const outShape = [count, rows.count, columns.count, outChannels];
  return { rows, columns, sizes, inShape, filterShape, outShape };
}

/** Sizes in the order of the kernels. */
export function sizesOf(
  count: number,
  channels: number,
  outChannels: number,
  rows: Windows,
  columns: Windows,
): ConvolutionSizes {
  return {
    count,
    height: rows.size,
    width: columns.size,
    channels,
    outChannels,
    filterHeight: rows.length,
    filterWidth: columns.length,
    top: rows.before,
    left: columns.before,
    outHeight: rows.count,
    outWidth: columns.count,
    strideHeight: rows.stride,
    strideWidth: columns.stride,
  };
}

/** The attributes of a convolution with its padding as numbers, which the stock kernels take. */
export function explicitAttributes({ rows, columns }: Convolution): Attributes {
  return {
    strides: [rows.stride, columns.stride],
    dilations: [rows.dilation, columns.dilation],
    pad: [
      [0, 0],
      [rows.before, paddingAfter(rows)],
      [columns.before, paddingAfter(columns)],
      [0, 0],
    ],
    dataFormat: "NHWC",
  };
}

/**
 * The convolution that a gradient belongs to, and the part of dy that it uses.
 *
 * A transposed convolution may come with a dy that is too large: the upper left part counts,
 * as on tfjs's cpu backend.
 *
 * @throws {RangeError} If dy is smaller, or has other images or channels.
 */
export function backwardConvolution(
  kernel: string,
  inShape: number[],
  filterShape: number[],
  dy: TensorInfo,
  attrs: WindowAttributes,
  { run }: Composition,
  isDepthwise = false,
): { convolution: Convolution; gradient: TensorInfo } {
  const convolution = ofGradient(dy, attrs, (attrs) =>
    convolutionOf(kernel, inShape, filterShape, attrs, isDepthwise),
  );
  const { outShape } = convolution;
  if (isSameShape(outShape, dy.shape)) return { convolution, gradient: dy };
  const isLarger =
    dy.shape.length === 4 &&
    [0, 3].every((i) => dy.shape[i] === outShape[i]) &&
    [1, 2].every((i) => dy.shape[i] >= outShape[i]);
  if (!isLarger) checkShape(kernel, "dy", dy, outShape);
  const begin = [0, 0, 0, 0];
  return { convolution, gradient: run("Slice", { x: dy }, { begin, size: outShape }) };
}

/** `Conv2D` of tfjs. */
export const convolution = (stock: WasmKernel): WasmKernel =>
  onChannelsLast("Conv2D", ["x", "result"], ({ inputs: { x, filter }, attrs, backend }) =>
    convolve(stock, backend, x, filter, convolutionOf("Conv2D", x.shape, filter.shape, attrs)),
  );

/** Convolves, with a bias and leaky ReLU only where {@link runsInOne} holds. */
export function convolve(
  stock: WasmKernel,
  backend: BackendWasm,
  x: TensorInfo,
  filter: TensorInfo,
  convolution: Convolution,
  bias?: TensorInfo,
  slope = 1,
): TensorInfo {
  const kernels = simdKernels(backend);
  const { outShape, sizes } = convolution;
  const isEmpty = isAnyEmpty(outShape, x.shape, filter.shape);
  if (isEmpty) return zeros(backend, outShape);
  if (!kernels || !isUndilated(convolution))
    return stock({
      inputs: { x, filter },
      attrs: explicitAttributes(convolution),
      backend,
    }) as TensorInfo;
  const out = allocate(backend, outShape);
  const at = addressesIn(backend);
  const biasAt = bias ? addressOf(backend, bias) : 0;
  const geometry = convolutionGeometry(sizes);
  const scratchFloats = kernels.convolutionForwardScratch(...geometry);
  byImages(backend, geometry, scratchFloats, (from, geometry, scratch) => [
    "convolutionForward",
    [
      rowAddress(backend, x, from),
      ...at(filter),
      biasAt,
      rowAddress(backend, out, from),
      ...geometry,
      slope,
      scratch,
    ],
  ]);
  return out;
}

/** `FusedConv2D` of tfjs: in one pass for a bias of each channel and leaky ReLU, else in steps. */
export function fusedConvolution(stock: WasmKernel): WasmKernel {
  const kernel = "FusedConv2D";
  const inOne = onChannelsLast(kernel, ["x", "result"], ({ inputs, attrs, backend }) => {
    const { x, filter, bias } = inputs;
    const convolution = convolutionOf(kernel, x.shape, filter.shape, attrs);
    return convolve(stock, backend, x, filter, convolution, bias, activationSlope(attrs));
  });
  return (call) => {
    const { inputs, attrs, backend } = call;
    const { x, filter, bias } = inputs;
    const isOne = [attrs.dilations ?? 1].flat().every((dilation) => dilation === 1);
    const isFull = [x, filter].every(({ shape }) => sizeOf(shape) > 0);
    const isPlainBias = !bias || isSameShape(bias.shape, [filter.shape[3]]);
    const isPlain = isOne && isFull && isPlainBias && activationSlope(attrs) !== undefined;
    if (simdKernels(backend) && isPlain) return inOne(call);
    return inSteps(kernel, "Conv2D", call);
  };
}

/** A fused kernel of tfjs as the kernel alone, then the bias, then the activation. */
export function inSteps(
  kernel: string,
  first: string,
  { inputs, attrs, backend }: Parameters<WasmKernel>[0],
): TensorInfo {
  const { bias, preluActivationWeights: alpha, ...operands } = inputs;
  return composed(backend, ({ run, reshaped, floats }) => {
    const isFirst = attrs.dataFormat === "NCHW";
    // One value for each channel.
    const aligned = (x: TensorInfo) =>
      isFirst && x.shape.length === 1 && x.shape[0] !== 1 ? reshaped(x, [...x.shape, 1, 1]) : x;
    let y = run(first, operands, attrs);
    if (bias) {
      const b = aligned(floats(bias));
      checkBroadcast(kernel, "bias", b, y.shape);
      y = run("Add", { a: floats(y), b });
    }
    return activated(kernel, y, attrs, alpha && aligned(floats(alpha)), run);
  });
}

const ACTIVATIONS: Readonly<Record<string, string>> = {
  relu: "Relu",
  relu6: "Relu6",
  elu: "Elu",
  sigmoid: "Sigmoid",
  leakyrelu: "LeakyRelu",
  prelu: "Prelu",
};

function activated(
  kernel: string,
  x: TensorInfo,
  { activation, leakyreluAlpha = 0.2 }: Attributes,
  alpha: TensorInfo | undefined,
  run: Composition["run"],
): TensorInfo {
  if (activation === undefined || activation === null || activation === "linear") return x;
  const name = ACTIVATIONS[activation as string];
  if (name === undefined)
    refuse(kernel, "activation", `linear or ${Object.keys(ACTIVATIONS).join(", ")}`, activation);
  if (name !== "Prelu") return run(name, { x }, { alpha: leakyreluAlpha });
  if (!alpha) refuse(kernel, "preluActivationWeights", "with prelu", alpha);
  return run(name, { x, alpha });
}

/** Slope of the activation below zero: 1 for none; undefined for another than leaky ReLU. */
function activationSlope({ activation, leakyreluAlpha }: Attributes): number | undefined {
  if (activation === undefined || activation === null || activation === "linear") return 1;
  return activation === "leakyrelu" ? ((leakyreluAlpha as number | undefined) ?? 0.2) : undefined;
}

/** Whether the taps of the filter are next to each other. */
export const isUndilated = ({ rows, columns }: Convolution) =>
  rows.dilation === 1 && columns.dilation === 1;

/** A tensor of zeros. */
export function zeros(backend: BackendWasm, shape: readonly number[]): TensorInfo {
  const out = allocate(backend, shape);
  if (sizeOf(shape) > 0) valuesOf(backend, out).fill(0);
  return out;
}

/**
 * Runs a convolution on several threads, each with some of the images.
 *
 * @param scratch Floats that each call needs.
 * @param callOf The kernel with the images from `from`, and their sizes.
 */
export function byImages(
  backend: BackendWasm,
  geometry: ConvolutionGeometry,
  scratch: number,
  callOf: (from: number, geometry: ConvolutionGeometry, scratch: Address) => KernelCall,
): void {
  const [units, ...sizes] = geometry;
  const work = { units, operations: operationsOf(geometry), scratch };
  runInParts(backend, work, (from, end, scratch) => callOf(from, [end - from, ...sizes], scratch));
}

/** Additions and multiplications of a convolution. */
export function operationsOf(geometry: ConvolutionGeometry): number {
  const [count, , , channels, outChannels, filterHeight, filterWidth, , , ...out] = geometry;
  return 2 * count * channels * outChannels * filterHeight * filterWidth * out[0] * out[1];
}
