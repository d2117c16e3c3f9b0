import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

/**
 * Sums of the rows that share a segment, `UnsortedSegmentSum` of tfjs; the gradient of a gather.
 *
 * Inputs `x` N x ... and `segmentIds` N; attribute `numSegments`. Ids outside 0 to
 * `numSegments` - 1 are left out, as tfjs does.
 * @throws {Error} For segment ids of more than one dimension.
 */
export const unsortedSegmentSum: WasmKernel = ({ inputs: { x, segmentIds }, attrs, backend }) => {
  if (segmentIds.shape.length !== 1)
    throw new Error(
      `UnsortedSegmentSum on the wasm backend: expected segment ids of 1 dimension, ` +
        `got shape [${segmentIds.shape.join(", ")}]`,
    );
  const segmentCount = attrs.numSegments as number;
  const out = allocate(backend, [segmentCount, ...x.shape.slice(1)], x.dtype);
  const [values, ids, sums] = [x, segmentIds, out].map((tensor) => valuesOf(backend, tensor));
  const size = x.shape.slice(1).reduce((product, length) => product * length, 1);
  sums.fill(0);
  ids.forEach((id, row) => {
    if (id < 0 || id >= segmentCount) return;
    for (let i = 0; i < size; i++) sums[id * size + i] += values[row * size + i];
  });
  return out;
};
