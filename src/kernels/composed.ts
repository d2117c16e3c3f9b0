import * as tf from "@tensorflow/tfjs-core";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { checkNumbers, refuse } from "./checks";
import type { WasmKernel } from "./wasmMemory";

type Tensors = Record<string, TensorInfo>;
type Attributes = Record<string, unknown>;

/** Source of the intermediate results of a composed kernel. */
export interface Composition {
  /** Runs a kernel of the backend by its tfjs name. */
  readonly run: (name: string, inputs: Tensors, attrs?: Attributes) => TensorInfo;
  /** The tensor's values in another shape, of as many values. */
  readonly reshaped: (tensor: TensorInfo, shape: readonly number[]) => TensorInfo;
  /** The tensor as float32. */
  readonly floats: (tensor: TensorInfo) => TensorInfo;
  /** Has a tensor freed at the end. */
  readonly owned: (tensor: TensorInfo) => TensorInfo;
}

/**
 * Computes a tensor with kernels of the backend. Their results are freed at the end, also after an
 * error, except for the returned one.
 */
export function composed(
  backend: BackendWasm,
  compose: (composition: Composition) => TensorInfo,
): TensorInfo {
  const owned: TensorInfo[] = [];
  const composition: Composition = {
    owned: (tensor) => (owned.push(tensor), tensor),
    run: (name, inputs, attrs = {}) => {
      const { kernelFunc } = tf.getKernel(name, "wasm");
      const call = { inputs, attrs: attrs as unknown as tf.NamedAttrMap, backend };
      return composition.owned(kernelFunc(call) as TensorInfo);
    },
    reshaped: (x, shape) => composition.run("Reshape", { x }, { shape: [...shape] }),
    floats: (x) =>
      x.dtype === "float32" ? x : composition.run("Cast", { x }, { dtype: "float32" }),
  };
  let result: TensorInfo | undefined;
  try {
    return (result = compose(composition));
  } finally {
    for (const tensor of owned) if (tensor !== result) backend.disposeData(tensor.dataId);
  }
}

const TO_LAST = [0, 2, 3, 1];
const TO_FIRST = [0, 3, 1, 2];

/**
 * A kernel on float32 images with channels last, also for other numbers, which are cast, and for
 * the data format NCHW, whose images are transposed before and after it.
 *
 * @param images Which of the inputs are images; "result" if the result is one.
 * @throws {RangeError} From the kernel, for other types and data formats.
 */
export function onChannelsLast(
  kernel: string,
  images: readonly string[],
  compute: WasmKernel,
): WasmKernel {
  return (call) => {
    const { attrs, backend } = call;
    const inputs = Object.entries(call.inputs).filter(([, tensor]) => tensor);
    const { dataFormat = "NHWC" } = attrs;
    if (dataFormat !== "NHWC" && dataFormat !== "NCHW")
      refuse(kernel, "dataFormat", "NHWC or NCHW", dataFormat);
    for (const [name, tensor] of inputs) checkNumbers(kernel, name, tensor);
    const isFirst = dataFormat === "NCHW";
    if (!isFirst && inputs.every(([, { dtype }]) => dtype === "float32")) return compute(call);
    return composed(backend, ({ run, floats, owned }) => {
      const transposed = (x: TensorInfo, name: string, perm: number[]) => {
        if (!isFirst || !images.includes(name)) return x;
        if (x.shape.length !== 4) refuse(kernel, name, "of 4 dimensions", x.shape);
        return run("Transpose", { x }, { perm });
      };
      const prepared = inputs.map(([name, tensor]) => [
        name,
        transposed(floats(tensor), name, TO_LAST),
      ]);
      const last = (values: unknown) =>
        isFirst && Array.isArray(values) ? TO_LAST.map((i) => values[i] as unknown) : values;
      const attributes = { ...attrs, dataFormat: "NHWC", pad: last(attrs.pad) };
      if (attrs.inputShape !== undefined)
        Object.assign(attributes, { inputShape: last(attrs.inputShape) });
      const result = compute({
        inputs: Object.fromEntries(prepared) as Tensors,
        attrs: attributes,
        backend,
      });
      return transposed(owned(result as TensorInfo), "result", TO_FIRST);
    });
  };
}
