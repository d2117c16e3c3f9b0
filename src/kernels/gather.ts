import * as tf from "@tensorflow/tfjs-core";
import { checkNumbers, checkType, refuse, sizeOf } from "./checks";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

/** `GatherV2` of tfjs, also with batch dimensions, where the backend's own kernel is wrong. */
export const gather =
  (stock: WasmKernel): WasmKernel =>
  (call) => {
    const { inputs, attrs, backend } = call;
    const { x, indices } = inputs;
    const batchDims = (attrs.batchDims as number | undefined) ?? 0;
    checkType("GatherV2", "indices", indices, "int32");
    if (batchDims === 0 && sizeOf(indices.shape) > 0) return stock(call);
    checkNumbers("GatherV2", "x", x);
    const [axis] = tf.util.parseAxisParam(attrs.axis as number, x.shape);
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } =
      tf.backend_util.segment_util.collectGatherOpShapeInfo(
        x as tf.Tensor,
        indices as tf.Tensor,
        axis,
        batchDims,
      );
    const out = allocate(backend, outputShape, x.dtype);
    if (sizeOf(outputShape) === 0) return out;
    const [values, rows, result] = [x, indices, out].map((tensor) => valuesOf(backend, tensor));
    const wrong = rows.find((row) => row < 0 || row >= dimSize);
    if (wrong !== undefined) {
      backend.disposeData(out.dataId);
      refuse("GatherV2", "indices", `from 0 to ${dimSize - 1}`, wrong);
    }
    const rowCount = rows.length / batchSize;
    for (let batch = 0, to = 0; batch < batchSize; batch++)
      for (let outer = 0; outer < outerSize; outer++)
        for (let i = 0; i < rowCount; i++, to += sliceSize) {
          const row = (batch * outerSize + outer) * dimSize + rows[batch * rowCount + i];
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
