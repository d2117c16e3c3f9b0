import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { checkNumbers, checkShape, checkType, sizeOf } from "./checks";
import { composed } from "./composed";
import { zeros } from "./convolutions";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";
import { windowsOf, type Windows } from "./windows";

type Dilation = [rows: Windows, columns: Windows];

/**
 * A gray-scale dilation, `Dilation2D` of tfjs: the largest x + filter of each window. The backend's
 * own kernel gives no number below zero. A NaN does not count, and a window of padding alone gives the
 * least safe integer, as on tfjs's cpu backend.
 *
 * Inputs `x` N x H x W x C and `filter` I x J x C, of one type.
 */
export const dilation: WasmKernel = ({ inputs: { x, filter }, attrs, backend }) => {
  const kernel = "Dilation2D";
  const windows = dilationOf(kernel, x, filter, attrs);
  checkNumbers(kernel, "x", x);
  checkType(kernel, "filter", filter, x.dtype);
  const outShape = [x.shape[0], windows[0].count, windows[1].count, x.shape[3]];
  const out = allocate(backend, outShape, x.dtype);
  const result = valuesOf(backend, out);
  forEachWindow(backend, x, filter, windows, (at, xAt, _, largest) => {
    result[at] = xAt < 0 ? Number.MIN_SAFE_INTEGER : largest;
  });
  return out;
};

/**
 * Gradients of a gray-scale dilation by x and by the filter, `Dilation2DBackpropInput` and
 * `Dilation2DBackpropFilter` of tfjs. Of equal sums the first takes it.
 *
 * Inputs `x` N x H x W x C, `filter` I x J x C and `dy` N x A x B x C.
 */
export const dilationGradient =
  (kernel: "Dilation2DBackpropInput" | "Dilation2DBackpropFilter"): WasmKernel =>
  ({ inputs, attrs, backend }) => {
    const { x, filter, dy } = inputs;
    const windows = dilationOf(kernel, x, filter, attrs);
    checkShape(kernel, "dy", dy, [x.shape[0], windows[0].count, windows[1].count, x.shape[3]]);
    for (const [name, tensor] of Object.entries(inputs)) checkNumbers(kernel, name, tensor);
    return composed(backend, ({ floats, owned }) => {
      const [ofX, ofFilter, ofDy] = [x, filter, dy].map((tensor) => floats(tensor));
      const isOfInput = kernel === "Dilation2DBackpropInput";
      const out = owned(zeros(backend, (isOfInput ? x : filter).shape));
      const [gradient, result] = [ofDy, out].map((tensor) => valuesOf(backend, tensor));
      forEachWindow(backend, ofX, ofFilter, windows, (at, xAt, filterAt) => {
        if (xAt >= 0) result[isOfInput ? xAt : filterAt] += gradient[at];
      });
      return out;
    });
  };

function dilationOf(
  kernel: string,
  x: TensorInfo,
  filter: TensorInfo,
  attrs: Record<string, unknown>,
): Dilation {
  checkShape(kernel, "x", x, [-1, -1, -1, -1]);
  checkShape(kernel, "filter", filter, [-1, -1, x.shape[3]]);
  const sizes = [x, filter].map(({ shape }) => shape.slice(-3, -1));
  return windowsOf(kernel, sizes[0], sizes[1], attrs) as Dilation;
}

/**
 * Calls `visit` for each output with its place, the places in x and in the filter of the first largest
 * sum (both -1 for a window of padding), and that sum.
 */
function forEachWindow(
  backend: BackendWasm,
  x: TensorInfo,
  filter: TensorInfo,
  [rows, columns]: Dilation,
  visit: (at: number, xAt: number, filterAt: number, largest: number) => void,
): void {
  const [xs, filters] = [x, filter].map((tensor) =>
    sizeOf(tensor.shape) > 0 ? valuesOf(backend, tensor) : new Float32Array(0),
  );
  const [count, , , channels] = x.shape;
  let at = 0;
  for (let n = 0; n < count; n++)
    for (let a = 0; a < rows.count; a++)
      for (let b = 0; b < columns.count; b++)
        for (let c = 0; c < channels; c++, at++) {
          let [xAt, filterAt, largest] = [-1, -1, -Infinity];
          for (let i = 0; i < rows.length; i++) {
            const row = a * rows.stride + i * rows.dilation - rows.before;
            if (row < 0 || row >= rows.size) continue;
            for (let j = 0; j < columns.length; j++) {
              const column = b * columns.stride + j * columns.dilation - columns.before;
              if (column < 0 || column >= columns.size) continue;
              const from = ((n * rows.size + row) * columns.size + column) * channels + c;
              const tap = (i * columns.length + j) * channels + c;
              const sum = xs[from] + filters[tap];
              if (xAt < 0 ? !(sum >= -Infinity) : !(sum > largest)) continue;
              [xAt, filterAt, largest] = [from, tap, sum];
            }
          }
          visit(at, xAt, filterAt, largest);
        }
}
