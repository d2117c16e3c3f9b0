import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { checkNumbers, checkShape, isAnyEmpty, refuse, sizeOf } from "./checks";
import { composed } from "./composed";
import { filterGradient, inputGradient } from "./convolutionGradients";
import { convolve, sizesOf, zeros, type Convolution } from "./convolutions";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";
import { windowsOf, type Windows } from "./windows";

// Convolutions of volumes as sums of convolutions of their planes, one for each plane of the filter:
// the backend's own kernels are slow, and its gradients wrong.

interface Convolution3d {
  readonly planes: Windows;
  readonly inShape: number[];
  readonly filterShape: number[];
  readonly outShape: number[];
  /** The convolution of `count` pairs of planes. */
  readonly ofPlanes: (count: number) => Convolution;
}

function convolution3dOf(
  kernel: string,
  inShape: number[],
  filterShape: number[],
  attrs: Record<string, unknown>,
): Convolution3d {
  const { dataFormat = "NDHWC" } = attrs;
  if (dataFormat !== "NDHWC") refuse(kernel, "dataFormat", "NDHWC", dataFormat);
  checkShape(kernel, "input", { shape: inShape }, [-1, -1, -1, -1, -1]);
  checkShape(kernel, "filter", { shape: filterShape }, [-1, -1, -1, inShape[4], -1]);
  const windows = windowsOf(kernel, inShape.slice(1, 4), filterShape.slice(0, 3), attrs);
  const [planes, rows, columns] = windows;
  const [channels, outChannels] = filterShape.slice(3);
  return {
    planes,
    inShape,
    filterShape,
    outShape: [inShape[0], ...windows.map(({ count }) => count), outChannels],
    ofPlanes: (count) => ({
      rows,
      columns,
      sizes: sizesOf(count, channels, outChannels, rows, columns),
      inShape: [count, rows.size, columns.size, channels],
      filterShape: [rows.length, columns.length, channels, outChannels],
      outShape: [count, rows.count, columns.count, outChannels],
    }),
  };
}

/** `Conv3D` of tfjs. */
export const convolution3d =
  (stock2d: WasmKernel): WasmKernel =>
  ({ inputs: { x, filter }, attrs, backend }) => {
    const convolution = convolution3dOf("Conv3D", x.shape, filter.shape, attrs);
    return onFloats("Conv3D", backend, { x, filter }, ([x, filter]) => {
      const out = zeros(backend, convolution.outShape);
      forEachFilterPlane(convolution, (plane, inPlanes, outPlanes, of) => {
        const some = gathered(backend, x, inPlanes, of.inShape);
        const taps = gathered(backend, filter, [plane], of.filterShape);
        const sums = convolve(stock2d, backend, some, taps, of);
        addPlanes(backend, sums, out, outPlanes);
        free(backend, some, taps, sums);
      });
      return out;
    });
  };

/** `Conv3DBackpropInputV2` of tfjs. */
export const inputGradient3d =
  (stock2d: WasmKernel): WasmKernel =>
  ({ inputs: { dy, filter }, attrs, backend }) => {
    const kernel = "Conv3DBackpropInputV2";
    const convolution = convolution3dOf(kernel, attrs.inputShape as number[], filter.shape, attrs);
    checkShape(kernel, "dy", dy, convolution.outShape);
    return onFloats(kernel, backend, { dy, filter }, ([dy, filter]) => {
      const out = zeros(backend, convolution.inShape);
      forEachFilterPlane(convolution, (plane, inPlanes, outPlanes, of) => {
        const some = gathered(backend, dy, outPlanes, of.outShape);
        const taps = gathered(backend, filter, [plane], of.filterShape);
        const sums = inputGradient(stock2d, backend, some, taps, of);
        addPlanes(backend, sums, out, inPlanes);
        free(backend, some, taps, sums);
      });
      return out;
    });
  };

/** `Conv3DBackpropFilterV2` of tfjs. */
export const filterGradient3d: WasmKernel = ({ inputs: { x, dy }, attrs, backend }) => {
  const kernel = "Conv3DBackpropFilterV2";
  const convolution = convolution3dOf(kernel, x.shape, attrs.filterShape as number[], attrs);
  checkShape(kernel, "dy", dy, convolution.outShape);
  return onFloats(kernel, backend, { x, dy }, ([x, dy]) => {
    const out = zeros(backend, convolution.filterShape);
    forEachFilterPlane(convolution, (plane, inPlanes, outPlanes, of) => {
      const some = gathered(backend, x, inPlanes, of.inShape);
      const dys = gathered(backend, dy, outPlanes, of.outShape);
      const sums = filterGradient(backend, some, dys, of);
      addPlanes(backend, sums, out, [plane]);
      free(backend, some, dys, sums);
    });
    return out;
  });
};

function onFloats(
  kernel: string,
  backend: BackendWasm,
  inputs: Record<string, TensorInfo>,
  compute: (inputs: TensorInfo[]) => TensorInfo,
): TensorInfo {
  for (const [name, tensor] of Object.entries(inputs)) checkNumbers(kernel, name, tensor);
  return composed(backend, ({ floats, owned }) =>
    owned(compute(Object.values(inputs).map((tensor) => floats(tensor)))),
  );
}

/** Calls `visit` with each plane of the filter and the pairs of planes that it connects, if any. */
function forEachFilterPlane(
  { planes, inShape, outShape, ofPlanes }: Convolution3d,
  visit: (plane: number, inPlanes: number[], outPlanes: number[], of: Convolution) => void,
): void {
  if (isAnyEmpty(inShape, outShape)) return;
  for (let plane = 0; plane < planes.length; plane++) {
    const inPlanes: number[] = [];
    const outPlanes: number[] = [];
    for (let n = 0; n < inShape[0]; n++)
      for (let o = 0; o < planes.count; o++) {
        const i = o * planes.stride + plane * planes.dilation - planes.before;
        if (i < 0 || i >= planes.size) continue;
        inPlanes.push(n * planes.size + i);
        outPlanes.push(n * planes.count + o);
      }
    if (inPlanes.length > 0) visit(plane, inPlanes, outPlanes, ofPlanes(inPlanes.length));
  }
}

/** A tensor of some of another's planes, one after the other. */
function gathered(
  backend: BackendWasm,
  from: TensorInfo,
  planes: readonly number[],
  shape: readonly number[],
): TensorInfo {
  const out = allocate(backend, shape);
  const [values, result] = [from, out].map((tensor) => valuesOf(backend, tensor));
  const length = sizeOf(shape) / planes.length;
  planes.forEach((plane, i) =>
    result.set(values.subarray(plane * length, (plane + 1) * length), i * length),
  );
  return out;
}

/** Adds planes that lie one after the other to some of another tensor's. */
function addPlanes(
  backend: BackendWasm,
  from: TensorInfo,
  to: TensorInfo,
  planes: readonly number[],
): void {
  const [values, sums] = [from, to].map((tensor) => valuesOf(backend, tensor));
  const length = values.length / planes.length;
  planes.forEach((plane, i) => {
    for (let j = 0; j < length; j++) sums[plane * length + j] += values[i * length + j];
  });
}

function free(backend: BackendWasm, ...tensors: TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}
