import * as tf from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { addressesIn, addressOf, rowAddress, simdKernels } from "./simd";
import { runInParts, type KernelCall } from "./threads";
import { convolutionGeometry, type Address, type ConvolutionGeometry } from "./trainingKernels";
import { allocate, type WasmKernel } from "./wasmMemory";

type Shape4 = [number, number, number, number];
type Attributes = Record<string, unknown>;
type Convolution = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/** A convolution of stride 1 without dilation, which the SIMD kernels compute. */
interface PlainConvolution {
  readonly geometry: ConvolutionGeometry;
  readonly outShape: number[];
  /** Whether no side is padded by more than the filter's size - 1. */
  readonly isPaddingWithinFilter: boolean;
}

/**
 * `Conv2D` and `FusedConv2D` of tfjs by the SIMD kernel; other strides, dilations and activations
 * than none and leaky ReLU go to `fallback`.
 */
export function simdConvolution(fallback: WasmKernel): WasmKernel {
  return (call) => {
    const { x, filter, bias, preluActivationWeights } = call.inputs;
    const { backend, attrs } = call;
    const kernels = simdKernels(backend);
    const slope = activationSlope(attrs);
    const plain = plainConvolution(x.shape, filter.shape, attrs);
    const channels = filter.shape[3];
    const isBiasPlain = !bias || (bias.shape.length === 1 && bias.shape[0] === channels);
    const isFloat = x.dtype === "float32" && filter.dtype === "float32";
    if (!kernels || !plain || slope === undefined || preluActivationWeights) return fallback(call);
    if (!isBiasPlain || !isFloat) return fallback(call);
    const out = allocate(backend, plain.outShape);
    const at = addressesIn(backend);
    const biasAt = bias === undefined || bias === null ? 0 : addressOf(backend, bias);
    const scratchFloats = kernels.convolutionForwardScratch(...plain.geometry);
    byImages(backend, plain.geometry, scratchFloats, (from, geometry, scratch) => [
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
  };
}

/** `Conv2DBackpropInput` of tfjs by the SIMD kernel, where it can. */
export function simdInputGradient(fallback: WasmKernel): WasmKernel {
  return (call) => {
    const { dy, filter } = call.inputs;
    const { backend, attrs } = call;
    const inputShape = attrs.inputShape as Shape4;
    const kernels = simdKernels(backend);
    const plain = plainConvolution(inputShape, filter.shape, attrs);
    if (!kernels || !plain?.isPaddingWithinFilter) return fallback(call);
    const out = allocate(backend, inputShape);
    const at = addressesIn(backend);
    const scratchFloats = kernels.convolutionInputGradientScratch(...plain.geometry);
    byImages(backend, plain.geometry, scratchFloats, (from, geometry, scratch) => [
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
  };
}

/** `Conv2DBackpropFilter` of tfjs by the SIMD kernel, where it can. */
export function simdFilterGradient(fallback: WasmKernel): WasmKernel {
  return (call) => {
    const { x, dy } = call.inputs;
    const { backend, attrs } = call;
    const filterShape = attrs.filterShape as Shape4;
    const kernels = simdKernels(backend);
    const plain = plainConvolution(x.shape, filterShape, attrs);
    if (!kernels || !plain) return fallback(call);
    const out = allocate(backend, filterShape);
    const at = addressesIn(backend);
    const { geometry } = plain;
    const work = {
      units: Math.ceil(geometry[OUT_CHANNELS] / 8),
      operations: operationsOf(geometry),
      scratch: kernels.convolutionFilterGradientScratch(...geometry),
    };
    runInParts(backend, work, (from, end, scratch) => [
      "convolutionFilterGradient",
      [...at(x, dy, out), ...geometry, from, end, scratch],
    ]);
    return out;
  };
}

const OUT_CHANNELS = 4;

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
function operationsOf([count, , , channels, outChannels, ...rest]: ConvolutionGeometry): number {
  const [filterHeight, filterWidth, , , outHeight, outWidth] = rest;
  return 2 * count * channels * outChannels * filterHeight * filterWidth * outHeight * outWidth;
}

/** Slope of the activation below zero: 1 for none; undefined for another than leaky ReLU. */
function activationSlope({ activation, leakyreluAlpha }: Attributes): number | undefined {
  if (activation === undefined || activation === null || activation === "linear") return 1;
  return activation === "leakyrelu" ? ((leakyreluAlpha as number | undefined) ?? 0.2) : undefined;
}

function plainConvolution(
  inputShape: number[],
  filterShape: number[],
  { strides, pad, dimRoundingMode, dataFormat, dilations = 1 }: Attributes,
): PlainConvolution | undefined {
  const isOne = (value: unknown) => [value].flat().every((number) => number === 1);
  if (dataFormat !== "NHWC" || !isOne(strides) || !isOne(dilations)) return undefined;
  const isSquare = filterShape[0] === filterShape[1];
  // tfjs takes the filter's height for its width there; the fallback refuses it.
  if (typeof pad === "number" && !isSquare) return undefined;
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as Shape4,
    filterShape as Shape4,
    1,
    1,
    pad as "same",
    dimRoundingMode as "floor" | undefined,
  );
  return {
    geometry: geometryOf(info),
    outShape: info.outShape,
    isPaddingWithinFilter: isPaddingWithinFilter(info),
  };
}

/** The sizes of a convolution of stride 1, as the kernels take them. */
export function geometryOf(info: Convolution): ConvolutionGeometry {
  return convolutionGeometry({
    count: info.batchSize,
    height: info.inHeight,
    width: info.inWidth,
    channels: info.inChannels,
    outChannels: info.outChannels,
    filterHeight: info.filterHeight,
    filterWidth: info.filterWidth,
    top: info.padInfo.top,
    left: info.padInfo.left,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
  });
}

function isPaddingWithinFilter(info: Convolution): boolean {
  const { filterHeight, filterWidth } = info;
  const { top, left } = info.padInfo;
  const bottom = info.outHeight - info.inHeight + filterHeight - 1 - top;
  const right = info.outWidth - info.inWidth + filterWidth - 1 - left;
  return Math.max(top, bottom) < filterHeight && Math.max(left, right) < filterWidth;
}
