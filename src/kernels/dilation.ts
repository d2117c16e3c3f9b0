import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { checkNumbers, checkShape, sizeOf } from "./checks";
import { composed } from "./composed";
import { zeros } from "./convolutions";
import { valuesOf, type WasmKernel } from "./wasmMemory";
import { windowsOf } from "./windows";

/**
 * Gradients of a gray-scale dilation, the largest x + filter of each window, by x and by the filter:
 * `Dilation2DBackpropInput` and `Dilation2DBackpropFilter` of tfjs. Of equal sums the first takes it.
 *
 * Inputs `x` N x H x W x C, `filter` I x J x C and `dy` N x A x B x C.
 */
export const dilationGradient =
  (kernel: "Dilation2DBackpropInput" | "Dilation2DBackpropFilter"): WasmKernel =>
  ({ inputs, attrs, backend }) => {
    const { x, filter, dy } = inputs;
    checkShape(kernel, "x", x, [-1, -1, -1, -1]);
    checkShape(kernel, "filter", filter, [-1, -1, x.shape[3]]);
    const [count, height, width, channels] = x.shape;
    const windows = windowsOf(kernel, [height, width], filter.shape.slice(0, 2), attrs);
    checkShape(kernel, "dy", dy, [count, windows[0].count, windows[1].count, channels]);
    for (const [name, tensor] of Object.entries(inputs)) checkNumbers(kernel, name, tensor);
    return composed(backend, ({ floats, owned }) => {
      const all = [x, filter, dy].map((tensor) => floats(tensor));
      const isOfInput = kernel === "Dilation2DBackpropInput";
      const out = owned(zeros(backend, (isOfInput ? x : filter).shape));
      if (all.every(({ shape }) => sizeOf(shape) > 0))
        addGradients(backend, [...all, out], windows, isOfInput);
      return out;
    });
  };

function addGradients(
  backend: BackendWasm,
  tensors: TensorInfo[],
  [rows, columns]: ReturnType<typeof windowsOf>,
  isOfInput: boolean,
): void {
  const [x, filter, dy, result] = tensors.map((tensor) => valuesOf(backend, tensor));
  const [count, , , channels] = tensors[0].shape;
  let at = 0;
  for (let n = 0; n < count; n++)
    for (let a = 0; a < rows.count; a++)
      for (let b = 0; b < columns.count; b++)
        for (let c = 0; c < channels; c++, at++) {
          let largest = -Infinity;
          let to = -1;
          for (let i = 0; i < rows.length; i++) {
            const row = a * rows.stride + i * rows.dilation - rows.before;
            if (row < 0 || row >= rows.size) continue;
            for (let j = 0; j < columns.length; j++) {
              const column = b * columns.stride + j * columns.dilation - columns.before;
              if (column < 0 || column >= columns.size) continue;
              const xAt = ((n * rows.size + row) * columns.size + column) * channels + c;
              const filterAt = (i * columns.length + j) * channels + c;
              const sum = x[xAt] + filter[filterAt];
              if (sum <= largest && to >= 0) continue;
              largest = sum;
              to = isOfInput ? xAt : filterAt;
            }
          }
          if (to >= 0) result[to] += dy[at];
        }
}
