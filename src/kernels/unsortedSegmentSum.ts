import { checkNumbers, checkShape, checkType, refuse, sizeOf } from "./checks";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

/**
 * Sums of the rows that share a segment, `UnsortedSegmentSum` of tfjs; the gradient of a gather.
 *
 * Inputs `x` N x ... and `segmentIds` N; attribute `numSegments`. Ids outside 0 to
 * `numSegments` - 1 are left out, as tfjs does.
 * @throws {RangeError} If there is not one id for each row.
 */
export const unsortedSegmentSum: WasmKernel = ({ inputs: { x, segmentIds }, attrs, backend }) => {
  const kernel = "UnsortedSegmentSum";
  const segmentCount = attrs.numSegments as number;
  checkNumbers(kernel, "x", x);
  checkType(kernel, "segmentIds", segmentIds, "int32");
  if (x.shape.length === 0) refuse(kernel, "x", "of at least 1 dimension", x.shape);
  checkShape(kernel, "segmentIds", segmentIds, [x.shape[0]]);
  if (!Number.isInteger(segmentCount) || segmentCount < 0)
    refuse(kernel, "numSegments", "an integer from 0", segmentCount);
  const out = allocate(backend, [segmentCount, ...x.shape.slice(1)], x.dtype);
  if (sizeOf(out.shape) === 0) return out;
  const [values, ids, sums] = [x, segmentIds, out].map((tensor) => valuesOf(backend, tensor));
  const size = sizeOf(x.shape.slice(1));
  sums.fill(0);
  ids.forEach((id, row) => {
    if (id < 0 || id >= segmentCount) return;
    for (let i = 0; i < size; i++) sums[id * size + i] += values[row * size + i];
  });
  return out;
};
