import { checkNumbers, checkShape, checkType, refuse, sizeOf } from "./checks";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

/** `GatherV2` of tfjs, also with batch dimensions, where the backend's own kernel is wrong. */
export const gather =
  (stock: WasmKernel): WasmKernel =>
  (call) => {
    const { inputs, attrs, backend } = call;
    const { x, indices } = inputs;
    const batchDims = (attrs.batchDims as number | undefined) ?? 0;
    const kernel = "GatherV2";
    checkType(kernel, "indices", indices, "int32");
    const rank = x.shape.length;
    const given = (attrs.axis as number | undefined) ?? 0;
    const axis = given < 0 ? given + rank : given;
    const most = Math.min(axis, indices.shape.length);
    if (!Number.isInteger(axis) || axis < 0 || axis >= rank)
      refuse(kernel, "axis", `one of ${rank} dimensions`, given);
    if (!Number.isInteger(batchDims) || batchDims < 0 || batchDims > most)
      refuse(kernel, "batchDims", `an integer from 0 to ${most}`, batchDims);
    const lead = x.shape.slice(0, batchDims);
    checkShape(kernel, "indices", indices, [...lead, ...indices.shape.slice(batchDims).fill(-1)]);
    const size = x.shape[axis];
    const wrong = valuesOf(backend, indices).find((row) => row < 0 || row >= size);
    if (wrong !== undefined) refuse(kernel, "indices", `from 0 to ${size - 1}`, wrong);
    if (batchDims === 0 && sizeOf(indices.shape) > 0) return stock(call);
    checkNumbers(kernel, "x", x);
    const [batchSize, outerSize] = [sizeOf(lead), sizeOf(x.shape.slice(batchDims, axis))];
    const inner = x.shape.slice(axis + 1);
    const sliceSize = sizeOf(inner);
    const outShape = [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...inner];
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
