import * as tf from "@tensorflow/tfjs-core";
import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { WasmKernel } from "./wasmMemory";

type Convolution = ReturnType<typeof tf.backend_util.computeConv2DInfo>;
type Attributes = Record<string, unknown>;

/**
 * Gradient of a 2-D convolution by its filter, `Conv2DBackpropFilter` of tfjs:
 * dFilter[i, j, c, k] = sum over n, a, b of x[n, a s + i - top, b s + j - left, c] dy[n, a, b, k].
 *
 * It is itself a convolution: of x with its channels as examples, by dy with its examples as
 * channels, stride and dilation exchanged.
 *
 * Inputs `x` N x H x W x C and `dy` N x A x B x K; attribute `filterShape` I x J x C x K.
 * @throws {Error} For data formats other than NHWC, or dilations.
 */
export const convolutionFilterGradient: WasmKernel = ({ inputs: { x, dy }, attrs, backend }) => {
  const filterShape = attrs.filterShape as [number, number, number, number];
  const info = convolutionOf("Conv2DBackpropFilter", x.shape, filterShape, attrs);
  const [rows, columns] = filterShape;
  const { strideHeight, strideWidth, padInfo } = info;
  const run = runner(backend);
  const examplesLast = run("Transpose", { x }, { perm: [3, 1, 2, 0] });
  const asFilter = run("Transpose", { x: dy }, { perm: [1, 2, 0, 3] });
  const bottom = (info.outHeight - 1) * strideHeight + rows - info.inHeight - padInfo.top;
  const right = (info.outWidth - 1) * strideWidth + columns - info.inWidth - padInfo.left;
  const convolved = run(
    "Conv2D",
    { x: examplesLast, filter: asFilter },
    {
      strides: [1, 1],
      dilations: [strideHeight, strideWidth],
      pad: padding(padInfo.top, Math.max(bottom, 0), padInfo.left, Math.max(right, 0)),
      dataFormat: "NHWC",
    },
  );
  // Input rows that no filter position reaches give rows too many.
  const size = [filterShape[2], rows, columns, filterShape[3]];
  const cut = run("Slice", { x: convolved }, { begin: [0, 0, 0, 0], size });
  const result = run("Transpose", { x: cut }, { perm: [1, 2, 0, 3] });
  dispose(backend, examplesLast, asFilter, convolved, cut);
  return result;
};

/**
 * Gradient of a 2-D convolution by its input, `Conv2DBackpropInput` of tfjs.
 *
 * With stride 1 it is the convolution of dy by the filter turned by 180 degrees, its input and
 * output channels exchanged. Other strides, and padding beyond the filter, go to `fallback`.
 *
 * Inputs `dy` N x A x B x K and `filter` I x J x C x K; attribute `inputShape` N x H x W x C.
 * @throws {Error} For data formats other than NHWC, or dilations.
 */
export function convolutionInputGradient(fallback: KernelFunc): WasmKernel {
  return ({ inputs: { dy, filter }, attrs, backend }) => {
    const inputShape = attrs.inputShape as number[];
    const info = convolutionOf("Conv2DBackpropInput", inputShape, filter.shape, attrs);
    const top = filter.shape[0] - 1 - info.padInfo.top;
    const left = filter.shape[1] - 1 - info.padInfo.left;
    const bottom = info.inHeight - info.outHeight + info.padInfo.top;
    const right = info.inWidth - info.outWidth + info.padInfo.left;
    if (info.strideHeight > 1 || info.strideWidth > 1 || Math.min(top, left, bottom, right) < 0)
      return fallback({ inputs: { dy, filter }, attrs: attrs as tf.NamedAttrMap, backend });
    const run = runner(backend);
    const turned = run("Reverse", { x: filter }, { dims: [0, 1] });
    const exchanged = run("Transpose", { x: turned }, { perm: [0, 1, 3, 2] });
    const result = run(
      "Conv2D",
      { x: dy, filter: exchanged },
      {
        strides: [1, 1],
        dilations: [1, 1],
        pad: padding(top, bottom, left, right),
        dataFormat: "NHWC",
      },
    );
    dispose(backend, turned, exchanged);
    return result;
  };
}

/**
 * The backend's own `Conv2D`, but for padding given as one number with a filter that is not square
 * or strides that differ: tfjs then computes a wrong output shape, and the backend writes outside of
 * its memory.
 *
 * @throws {Error} In that case: padding as an array works.
 */
export function refusingUnevenPadding(stock: KernelFunc): WasmKernel {
  return ({ inputs, attrs, backend }) => {
    const { x, filter } = inputs;
    convolutionOf("Conv2D", x.shape, filter.shape, attrs);
    return stock({ inputs, attrs: attrs as tf.NamedAttrMap, backend }) as TensorInfo;
  };
}

const padding = (top: number, bottom: number, left: number, right: number) => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];

function convolutionOf(
  kernel: string,
  inputShape: number[],
  filterShape: number[],
  { strides, pad, dimRoundingMode, dataFormat, dilations = 1 }: Attributes,
): Convolution {
  if (dataFormat !== "NHWC")
    throw new Error(`${kernel} on the wasm backend: expected data format NHWC, got ${dataFormat}`);
  const [strideHeight, strideWidth] = [strides].flat() as number[];
  const isUneven =
    filterShape[0] !== filterShape[1] || (strideWidth ?? strideHeight) !== strideHeight;
  if (typeof pad === "number" && pad > 0 && isUneven)
    throw new Error(
      `${kernel} on the wasm backend: padding ${pad} as one number needs a square filter and equal ` +
        `strides, got ${filterShape[0]} x ${filterShape[1]} and strides ${String(strides)}; ` +
        "give it as [[0, 0], [top, bottom], [left, right], [0, 0]]",
    );
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides as [number, number],
    dilations as number,
    pad as "same",
    dimRoundingMode as "floor" | undefined,
  );
}

/** Runs a kernel of the backend by its tfjs name. */
function runner(backend: BackendWasm) {
  return (name: string, inputs: Record<string, TensorInfo>, attrs: Attributes): TensorInfo =>
    tf.getKernel(name, "wasm").kernelFunc({
      inputs,
      attrs: attrs as unknown as tf.NamedAttrMap,
      backend,
    }) as TensorInfo;
}

function dispose(backend: BackendWasm, ...tensors: TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}
