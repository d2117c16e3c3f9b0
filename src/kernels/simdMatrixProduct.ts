import { addressOf, simdKernels } from "./simd";
import { runInParts } from "./threads";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

/**
 * `BatchMatMul` of tfjs in SIMD for one pair of float32 matrices of which at most one is transposed:
 * a dense layer and its gradients. The others go to `fallback`.
 */
export function simdMatrixProduct(fallback: WasmKernel): WasmKernel {
  return (call) => {
    const { a, b } = call.inputs;
    const { backend, attrs } = call;
    const [transposeA, transposeB] = [attrs.transposeA === true, attrs.transposeB === true];
    const kernels = simdKernels(backend);
    const isPlain = [a, b].every(
      ({ shape, dtype }) => dtype === "float32" && shape.slice(0, -2).every((size) => size === 1),
    );
    if (!isPlain || (transposeA && transposeB)) return fallback(call);
    const [sideA, sideB] = [a, b].map(({ shape }) => shape.slice(-2));
    const [rows, inner] = transposeA ? [sideA[1], sideA[0]] : sideA;
    const columns = transposeB ? sideB[0] : sideB[1];
    if (rows * columns === 0 || (kernels === undefined && inner > 0)) return fallback(call);
    const lead = (a.shape.length > b.shape.length ? a : b).shape.slice(0, -2);
    const out = allocate(backend, [...lead, rows, columns]);
    if (kernels === undefined || inner === 0) {
      // A sum of nothing; the stock kernel leaves its memory as it was.
      valuesOf(backend, out).fill(0);
      return out;
    }
    const [p, q, y] = [a, b, out].map((tensor) => addressOf(backend, tensor));
    const work = { units: rows, operations: 2 * rows * inner * columns };
    if (transposeA) {
      const scratch = kernels.matrixProductTransposedAScratch(inner, rows, columns);
      const units = Math.ceil(columns / 8);
      runInParts(backend, { ...work, units, scratch }, (from, end, scratch) => [
        "matrixProductTransposedA",
        [p, q, y, inner, rows, columns, from, end, scratch],
      ]);
      return out;
    }
    const scratch = kernels.matrixProductScratch(inner, columns);
    runInParts(backend, { ...work, scratch }, (from, end, scratch) => {
      const [first, to] = [p + 4 * from * inner, y + 4 * from * columns];
      const sizes = [end - from, inner, columns, scratch] as const;
      return transposeB
        ? ["matrixProductTransposedB", [first, q, to, ...sizes]]
        : ["matrixProduct", [first, q, 0, to, ...sizes]];
    });
    return out;
  };
}
