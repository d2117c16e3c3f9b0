import type { TensorInfo } from "@tensorflow/tfjs-core";
import { checkBroadcast, checkNumbers, isSameShape, refuse, sizeOf } from "./checks";
import { composed } from "./composed";
import { addressOf, simdKernels } from "./simd";
import { runInParts } from "./threads";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

/**
 * `Prelu` of tfjs. The backend's own kernel repeats alpha along the last dimensions, which is right
 * only if alpha has the whole of them; another alpha is tiled first.
 */
export const prelu =
  (stock: WasmKernel): WasmKernel =>
  ({ inputs: { x, alpha }, backend }) => {
    checkNumbers("Prelu", "x", x);
    checkNumbers("Prelu", "alpha", alpha);
    checkBroadcast("Prelu", "alpha", alpha, x.shape);
    if (sizeOf(x.shape) === 0) return allocate(backend, x.shape);
    return composed(backend, ({ run, reshaped, floats, owned }) => {
      const slopes = floats(alpha);
      const own = alpha.shape.slice(alpha.shape.findIndex((size) => size !== 1));
      const isWhole =
        own.length > 0 && isSameShape(own, x.shape.slice(x.shape.length - own.length));
      const call = (slopes: TensorInfo) =>
        owned(stock({ inputs: { x: floats(x), alpha: slopes }, attrs: {}, backend }) as TensorInfo);
      if (isWhole) return call(slopes);
      const ones = Array<number>(x.shape.length - alpha.shape.length).fill(1);
      const aligned = reshaped(slopes, [...ones, ...alpha.shape]);
      const reps = x.shape.map((size, i) => (aligned.shape[i] === size ? 1 : size));
      return call(run("Tile", { x: aligned }, { reps }));
    });
  };

/** `ClipByValue` of tfjs: a NaN stays one. */
export const clipByValue: WasmKernel = ({ inputs: { x }, attrs, backend }) => {
  const [least, most] = [attrs.clipValueMin as number, attrs.clipValueMax as number];
  checkNumbers("ClipByValue", "x", x);
  if (!(least <= most)) refuse("ClipByValue", "clipValueMin", `of at most ${most}`, least);
  const out = allocate(backend, x.shape, x.dtype);
  const count = sizeOf(x.shape);
  if (count === 0) return out;
  if (simdKernels(backend) !== undefined && x.dtype === "float32") {
    runInParts(backend, { units: count, operations: count }, (from, end) => {
      const [xAt, outAt] = [x, out].map((tensor) => addressOf(backend, tensor) + 4 * from);
      return ["clip", [xAt, outAt, end - from, least, most]];
    });
    return out;
  }
  const [values, result] = [x, out].map((tensor) => valuesOf(backend, tensor));
  for (let i = 0; i < result.length; i++) {
    const value = values[i];
    result[i] = value < least ? least : value > most ? most : value;
  }
  return out;
};

/** `Cast` of tfjs: every number but 0 is true. */
export const cast =
  (stock: WasmKernel): WasmKernel =>
  (call) => {
    const { x } = call.inputs;
    const isToBool = call.attrs.dtype === "bool" && ["float32", "int32"].includes(x.dtype);
    if (!isToBool || sizeOf(x.shape) === 0) return stock(call);
    const out = allocate(call.backend, x.shape, "bool");
    const [values, result] = [x, out].map((tensor) => valuesOf(call.backend, tensor));
    for (let i = 0; i < result.length; i++) result[i] = values[i] === 0 ? 0 : 1;
    return out;
  };
