import { backend_util, type TensorInfo } from "@tensorflow/tfjs-core";
import { checkNumbers, checkType, refuse, sizeOf } from "./checks";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

const KERNEL = "GatherV2";

/**
 * `GatherV2` of tfjs, also with batch dimensions, where the backend's own kernel is wrong. What it
 * throws has tfjs's own message in it.
 */
export const gather =
  (stock: WasmKernel): WasmKernel =>
  (call) => {
    const { inputs, attrs, backend } = call;
    const { x, indices } = inputs;
    const given = (attrs.axis as number | undefined) ?? 0;
    const { length: rank } = x.shape;
    const axis = given < 0 ? given + rank : given;
    checkType(KERNEL, "indices", indices, "int32");
    if (!Number.isInteger(axis) || axis < 0 || axis >= rank)
      refuse(KERNEL, "axis", `one of ${rank} dimensions`, given);
    const sizes = sizesOf(x, indices, axis, (attrs.batchDims as number | undefined) ?? 0);
    const { batchSize, outerSize, sliceSize, dimSize: size, outputShape: outShape } = sizes;
    const wrong = valuesOf(backend, indices).find((row) => row < 0 || row >= size);
    if (wrong !== undefined) {
      const text = `GatherV2: the index value ${wrong} is not in [0, ${size - 1}]`;
      refuse(KERNEL, "indices", `from 0 to ${size - 1}`, `${wrong} (${text})`);
    }
    if (!attrs.batchDims && sizeOf(indices.shape) > 0) return stock(call);
    checkNumbers(KERNEL, "x", x);
    const out = allocate(backend, outShape, x.dtype);
    if (sizeOf(outShape) === 0) return out;
    const [values, rows, result] = [x, indices, out].map((tensor) => valuesOf(backend, tensor));
    const rowCount = rows.length / batchSize;
    for (let batch = 0, to = 0; batch < batchSize; batch++)
      for (let outer = 0; outer < outerSize; outer++)
        for (let i = 0; i < rowCount; i++, to += sliceSize) {
          const row = (batch * outerSize + outer) * size + rows[batch * rowCount + i];
          result.set(values.subarray(row * sliceSize, (row + 1) * sliceSize), to);
        }
    return out;
  };

function sizesOf(x: TensorInfo, indices: TensorInfo, axis: number, batchDims: number) {
  if (!Number.isInteger(batchDims)) refuse(KERNEL, "batchDims", "an integer", batchDims);
  try {
    return backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims);
  } catch (error) {
    const shapes = [x, indices].map(({ shape }) => `[${shape.join(", ")}]`).join(" and ");
    const actual = `${batchDims} with axis ${axis} and shapes ${shapes}`;
    return refuse(KERNEL, "batchDims", "to fit", `${actual} (${(error as Error).message})`);
  }
}

/**
 * `Slice` of tfjs.
 *
 * @throws {RangeError} If the slice ends outside the tensor: the backend's own kernel reads on.
 */
export const slice =
  (stock: WasmKernel): WasmKernel =>
  (call) => {
    const { shape } = call.inputs.x;
    const [begin, size] = [call.attrs.begin, call.attrs.size].map(
      (one) => [one].flat() as number[],
    );
    const isInside = begin.every((from, i) => from + Math.max(0, size[i] ?? 0) <= shape[i]);
    const rank = Math.max(begin.length, size.length);
    if (!isInside || rank > shape.length)
      refuse("Slice", "begin and size", `inside [${shape.join(", ")}]`, `${begin} and ${size}`);
    return stock(call);
  };

/** `Transpose` of tfjs, also of a tensor without values, at which the backend's own kernel fails. */
export const transpose =
  (stock: WasmKernel): WasmKernel =>
  (call) => {
    const { x } = call.inputs;
    const perm = call.attrs.perm as number[];
    if (sizeOf(x.shape) > 0 || perm.length !== x.shape.length) return stock(call);
    return allocate(
      call.backend,
      perm.map((i) => x.shape[i]),
      x.dtype,
    );
  };
