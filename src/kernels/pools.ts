import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { checkNumbers, checkShape, isAnyEmpty, refuse, sizeOf } from "./checks";
import { composed } from "./composed";
import { rowAddress, simdKernels } from "./simd";
import { movedOperations, runInParts, type KernelCall } from "./threads";
import type { PoolGeometry } from "./trainingKernels";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";
import { ofGradient, windowsOf, type WindowAttributes, type Windows } from "./windows";

/** A pool over images or volumes; images are volumes of one plane. */
export interface Pool {
  readonly count: number;
  readonly channels: number;
  /** Of planes, rows and columns. */
  readonly windows: readonly [Windows, Windows, Windows];
  readonly outShape: number[];
}

const ONE: Windows = { size: 1, count: 1, length: 1, stride: 1, dilation: 1, before: 0 };

interface PoolAttributes extends WindowAttributes {
  readonly filterSize?: unknown;
  readonly dataFormat?: unknown;
}

/**
 * Sizes of a pool, for all its kernels.
 *
 * @throws {RangeError} If the shape or attributes do not fit.
 */
export function poolOf(kernel: string, shape: number[], attrs: PoolAttributes): Pool {
  const directions = kernel.includes("3D") ? 3 : 2;
  const { filterSize, dataFormat = "NHWC" } = attrs;
  if (!["NHWC", "NDHWC"].includes(dataFormat as string))
    refuse(kernel, "dataFormat", "with channels last", dataFormat);
  checkShape(kernel, "input", { shape }, Array<number>(directions + 2).fill(-1));
  const given = [filterSize].flat() as number[];
  const lengths = given.length === 1 ? Array<number>(directions).fill(given[0]) : given;
  if (lengths.length !== directions || !lengths.every((n) => Number.isInteger(n) && n >= 1))
    refuse(kernel, "filterSize", `of ${directions} integers from 1`, given);
  const windows = windowsOf(kernel, shape.slice(1, -1), lengths, { ...attrs, dilations: 1 });
  const channels = shape[shape.length - 1];
  return {
    count: shape[0],
    channels,
    windows: [...(directions === 2 ? [ONE] : []), ...windows] as unknown as Pool["windows"],
    outShape: [shape[0], ...windows.map(({ count }) => count), channels],
  };
}

/** Whether a pool's windows are size x size, side by side, all of them inside the input. */
function isTiling({ windows: [planes, rows, columns] }: Pool, size = rows.length): boolean {
  return (
    planes.size === 1 &&
    planes.length === 1 &&
    [rows, columns].every(
      ({ length, stride, before, count, size: side }) =>
        length === size && stride === size && before === 0 && count === Math.floor(side / size),
    )
  );
}

/**
 * `MaxPool` and `MaxPool3D` of tfjs. A NaN does not count, as on tfjs's cpu backend, but for windows
 * of 2 x 2 side by side, which are NaN where one of their values is.
 */
export const maxPool =
  (kernel: "MaxPool" | "MaxPool3D"): WasmKernel =>
  (call) => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs;
    checkNumbers(kernel, "x", x);
    if (x.dtype !== "float32")
      return composed(backend, ({ run, floats }) =>
        run("Cast", { x: run(kernel, { x: floats(x) }, attrs) }, { dtype: x.dtype }),
      );
    const pool = poolOf(kernel, x.shape, attrs);
    const withNaN = isTiling(pool, 2);
    return forward(
      backend,
      x,
      pool,
      (from, to, at) => {
        const { channels, windows } = pool;
        if (withNaN)
          return [
            "maxPoolForward",
            [from, to, at.count, windows[1].size, windows[2].size, channels],
          ];
        return ["windowMaximum", [from, to, ...geometryOf(pool, at.count)]];
      },
      (values, result) =>
        forEachWindow(pool, (positions, size, yAt) => {
          for (let c = 0; c < pool.channels; c++) {
            const at = largestOf(values, positions, size, c, withNaN);
            result[yAt + c] = at < 0 ? -Infinity : values[at];
          }
        }),
    );
  };

/**
 * `AvgPool` and `AvgPool3D` of tfjs: the mean of a window's positions inside the input.
 *
 * @param stock The backend's own kernel, for windows of images that are all inside.
 */
export const averagePool =
  (kernel: "AvgPool" | "AvgPool3D", stock: WasmKernel): WasmKernel =>
  ({ inputs: { x }, attrs, backend }) => {
    checkNumbers(kernel, "x", x);
    const pool = poolOf(kernel, x.shape, attrs);
    const [, rows, columns] = pool.windows;
    const isInside = [rows, columns].every(
      ({ size, count, length, stride, before }) =>
        before === 0 && (count - 1) * stride + length <= size,
    );
    return composed(backend, ({ floats, owned }) => {
      if (kernel === "AvgPool" && isInside && sizeOf(pool.outShape) > 0) {
        const filterSize = [rows.length, columns.length];
        const plain = { filterSize, strides: [rows.stride, columns.stride], pad: "valid" };
        return owned(stock({ inputs: { x: floats(x) }, attrs: plain, backend }) as TensorInfo);
      }
      return owned(
        forward(
          backend,
          floats(x),
          pool,
          (from, to, at) => ["windowMean", [from, to, ...geometryOf(pool, at.count)]],
          (values, result) =>
            forEachWindow(pool, (positions, size, yAt) => {
              for (let c = 0; c < pool.channels; c++) {
                let sum = 0;
                for (let i = 0; i < size; i++) sum += values[positions[i] + c];
                result[yAt + c] = sum / Math.max(1, size);
              }
            }),
        ),
      );
    });
  };

/**
 * Gradient of a max pool, `MaxPoolGrad` and `MaxPool3DGrad` of tfjs. Among equal values in a window
 * the first gets the gradient, as on tfjs's cpu backend and in PyTorch; the wasm backend's own
 * kernel gives it to the last. Constant regions, such as the background of a digit, make such
 * windows common. Where the forward pass gives NaN, the first NaN takes it.
 */
export const maxPoolGradient =
  (kernel: "MaxPoolGrad" | "MaxPool3DGrad"): WasmKernel =>
  ({ inputs: { dy, input }, attrs, backend }) => {
    const pool = ofGradient(dy, attrs, (attrs) => poolOf(kernel, input.shape, attrs));
    const withNaN = isTiling(pool, 2);
    return backward(
      kernel,
      backend,
      dy,
      input,
      pool,
      ([x, dyAt, dx], count) => {
        const { channels, windows } = pool;
        if (withNaN)
          return [
            "maxPoolGradient",
            [x, dyAt, dx, count, windows[1].size, windows[2].size, channels],
          ];
        return ["windowMaximumGradient", [x, dyAt, dx, ...geometryOf(pool, count)]];
      },
      (values, gradient, result) =>
        forEachWindow(pool, (positions, size, yAt) => {
          for (let c = 0; c < pool.channels; c++) {
            const at = largestOf(values, positions, size, c, withNaN);
            if (at >= 0) result[at] += gradient[yAt + c];
          }
        }),
    );
  };

/**
 * Gradient of an average pool, `AvgPoolGrad` and `AvgPool3DGrad` of tfjs: each window's in equal
 * parts to its positions inside the input, as many as the forward pass divides by. tfjs's cpu and
 * wasm backends divide by the size of the whole window.
 */
export const averagePoolGradient =
  (kernel: "AvgPoolGrad" | "AvgPool3DGrad"): WasmKernel =>
  ({ inputs: { dy, input }, attrs, backend }) => {
    const pool = ofGradient(dy, attrs, (attrs) => poolOf(kernel, input.shape, attrs));
    return backward(
      kernel,
      backend,
      dy,
      input,
      pool,
      ([, dyAt, dx], count) => {
        const { channels, windows } = pool;
        if (isTiling(pool)) {
          const sizes = [windows[1].size, windows[2].size, channels, windows[1].length] as const;
          return ["averagePoolGradient", [dyAt, dx, count, ...sizes]];
        }
        return ["windowMeanGradient", [dyAt, dx, ...geometryOf(pool, count)]];
      },
      (_, gradient, result) =>
        forEachWindow(pool, (positions, size, yAt) => {
          for (let c = 0; c < pool.channels; c++)
            for (let i = 0; i < size; i++) result[positions[i] + c] += gradient[yAt + c] / size;
        }),
    );
  };

type Values = Float32Array;

function forward(
  backend: BackendWasm,
  x: TensorInfo,
  { count, outShape }: Pool,
  callOf: (x: number, y: number, images: { count: number }) => KernelCall,
  loop: (values: Values, result: Values) => void,
): TensorInfo {
  const out = allocate(backend, outShape);
  if (sizeOf(outShape) === 0) return out;
  if (simdKernels(backend) === undefined) loop(valuesOf(backend, x), valuesOf(backend, out));
  else
    runInParts(backend, { units: count, operations: movedOperations(x) }, (from, end) =>
      callOf(rowAddress(backend, x, from), rowAddress(backend, out, from), { count: end - from }),
    );
  return out;
}

function backward(
  kernel: string,
  backend: BackendWasm,
  dy: TensorInfo,
  input: TensorInfo,
  { count, outShape }: Pool,
  callOf: (addresses: number[], count: number) => KernelCall,
  loop: (values: Values, gradient: Values, result: Values) => void,
): TensorInfo {
  checkShape(kernel, "dy", dy, outShape);
  for (const [name, tensor] of [["dy", dy] as const, ["input", input] as const])
    checkNumbers(kernel, name, tensor);
  return composed(backend, ({ floats, owned }) => {
    const [x, gradient] = [floats(input), floats(dy)];
    const out = owned(allocate(backend, input.shape));
    const isEmpty = isAnyEmpty(input.shape, dy.shape);
    if (isEmpty || simdKernels(backend) === undefined) {
      const [values, dys, result] = [x, gradient, out].map((one) => valuesOf(backend, one));
      result.fill(0);
      if (!isEmpty) loop(values, dys, result);
      return out;
    }
    runInParts(backend, { units: count, operations: movedOperations(input) }, (from, end) =>
      callOf(
        [x, gradient, out].map((one) => rowAddress(backend, one, from)),
        end - from,
      ),
    );
    return out;
  });
}

function geometryOf({ channels, windows }: Pool, count: number): PoolGeometry {
  const numbers = windows.flatMap(({ size, count, length, stride, before }) => [
    size,
    count,
    length,
    stride,
    before,
  ]);
  return [count, channels, ...numbers] as unknown as PoolGeometry;
}

/**
 * Where channel `c` of a window has its first largest number, or with `withNaN` its first NaN; -1 where
 * there is neither.
 */
function largestOf(
  values: Values,
  positions: Int32Array,
  size: number,
  c: number,
  withNaN: boolean,
): number {
  let at = -1;
  for (let i = 0; i < size; i++) {
    const value = values[positions[i] + c];
    if (withNaN && Number.isNaN(value)) return positions[i] + c;
    if (at < 0 ? value >= -Infinity : value > values[at]) at = positions[i] + c;
  }
  return at;
}

/** Calls `visit` with where the pixels of each window begin, how many there are, and its output. */
function forEachWindow(
  { count, channels, windows: [planes, rows, columns] }: Pool,
  visit: (positions: Int32Array, size: number, yAt: number) => void,
): void {
  const positions = new Int32Array(planes.length * rows.length * columns.length);
  const bounds = ({ stride, before, size, length }: Windows, i: number) => {
    const first = i * stride - before;
    return [Math.max(0, first), Math.min(size, first + length)];
  };
  let yAt = 0;
  for (let n = 0; n < count; n++)
    for (let o = 0; o < planes.count; o++)
      for (let a = 0; a < rows.count; a++)
        for (let b = 0; b < columns.count; b++, yAt += channels) {
          const [[d0, d1], [h0, h1], [w0, w1]] = [
            bounds(planes, o),
            bounds(rows, a),
            bounds(columns, b),
          ];
          let size = 0;
          for (let d = d0; d < d1; d++)
            for (let h = h0; h < h1; h++)
              for (let w = w0; w < w1; w++) {
                const plane = n * planes.size + d;
                positions[size++] = ((plane * rows.size + h) * columns.size + w) * channels;
              }
          visit(positions, size, yAt);
        }
}
