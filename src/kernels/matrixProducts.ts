import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { checkNumbers, refuse, sizeOf } from "./checks";
import { composed } from "./composed";
import { inSteps } from "./convolutions";
import { addressOf, simdKernels } from "./simd";
import { runInParts } from "./threads";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

/** Matrix products of tfjs: pairs of matrices whose leading dimensions broadcast. */
interface Product {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly outShape: number[];
  /** Which matrices make each product. */
  readonly pairs: readonly (readonly [a: number, b: number])[];
}

function productOf(
  kernel: string,
  a: TensorInfo,
  b: TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
): Product {
  for (const [name, tensor] of [["a", a] as const, ["b", b] as const]) {
    checkNumbers(kernel, name, tensor);
    if (tensor.shape.length < 2) refuse(kernel, name, "of at least 2 dimensions", tensor.shape);
  }
  const [sideA, sideB] = [a, b].map(({ shape }) => shape.slice(-2));
  const [rows, inner] = transposeA ? [sideA[1], sideA[0]] : sideA;
  const [innerB, columns] = transposeB ? [sideB[1], sideB[0]] : sideB;
  if (inner !== innerB)
    refuse(
      kernel,
      `inner shapes (${inner}) and (${innerB}) of a and b`,
      "to be equal",
      `a [${a.shape.join(", ")}] and b [${b.shape.join(", ")}], ` +
        `transposeA=${transposeA} and transposeB=${transposeB}`,
    );
  const [leadA, leadB] = [a, b].map(({ shape }) => shape.slice(0, -2));
  const longer = leadA.length > leadB.length ? leadA : leadB;
  const lead = longer.map((_, i) => {
    const [p, q] = [leadA, leadB].map((own) => own[own.length - longer.length + i] ?? 1);
    if (p !== q && p !== 1 && q !== 1)
      refuse(
        kernel,
        "b",
        `with leading dimensions that broadcast to [${leadA.join(", ")}]`,
        b.shape,
      );
    return p === 1 ? q : p;
  });
  const pairs = Array.from(
    { length: sizeOf(lead) },
    (_, i) => [matrixOf(i, lead, leadA), matrixOf(i, lead, leadB)] as const,
  );
  return { rows, inner, columns, outShape: [...lead, rows, columns], pairs };
}

/** The matrix, of those with the leading dimensions `own`, that product `index` takes. */
function matrixOf(index: number, lead: readonly number[], own: readonly number[]): number {
  let [at, step] = [0, 1];
  for (let i = lead.length - 1, j = own.length - 1; j >= 0; i--, j--) {
    if (own[j] !== 1) at += (index % lead[i]) * step;
    index = Math.floor(index / lead[i]);
    step *= own[j];
  }
  return at;
}

/**
 * `BatchMatMul` of tfjs: float32 in SIMD, int32 in exact integers, as on tfjs's cpu backend.
 */
export const matrixProduct =
  (stock: WasmKernel): WasmKernel =>
  (call) => {
    const { inputs, attrs, backend } = call;
    const { a, b } = inputs;
    const [transposeA, transposeB] = [attrs.transposeA === true, attrs.transposeB === true];
    const product = productOf("BatchMatMul", a, b, transposeA, transposeB);
    const { outShape, inner } = product;
    const isInteger = a.dtype === "int32" && b.dtype === "int32";
    if (sizeOf(outShape) === 0 || inner === 0) {
      const out = allocate(backend, outShape, isInteger ? "int32" : "float32");
      if (sizeOf(outShape) > 0) valuesOf(backend, out).fill(0);
      return out;
    }
    if (isInteger) return loopedProducts(backend, a, b, product, transposeA, transposeB);
    return composed(backend, ({ run, floats, owned }) => {
      const [p, q] = [floats(a), floats(b)];
      if (simdKernels(backend) === undefined) {
        // The backend's own kernel takes the pairs one after the other, or one matrix for all.
        const counts = [a, b].map(({ shape }) => sizeOf(shape.slice(0, -2)));
        const isAsBefore = isInItsFirstShape(q);
        if (isAsBefore && counts.every((count) => count === 1 || count === product.pairs.length))
          return owned(stock({ inputs: { a: p, b: q }, attrs, backend }) as TensorInfo);
        return owned(loopedProducts(backend, p, q, product, transposeA, transposeB));
      }
      if (!transposeA || !transposeB)
        return owned(simdProducts(backend, p, q, product, transposeA, transposeB));
      const rank = b.shape.length;
      const perm = b.shape.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
      const turned = run("Transpose", { x: q }, { perm });
      return owned(simdProducts(backend, p, turned, product, true, false));
    });
  };

const firstShapes = new WeakMap<object, string>();

/**
 * Whether a second matrix has the shape in which its data came first: the backend's own kernel keeps an
 * operator for the data, and takes it for other shapes too.
 */
function isInItsFirstShape({ dataId, shape }: TensorInfo): boolean {
  const text = shape.slice(-2).join();
  if (!firstShapes.has(dataId)) firstShapes.set(dataId, text);
  return firstShapes.get(dataId) === text;
}

function simdProducts(
  backend: BackendWasm,
  a: TensorInfo,
  b: TensorInfo,
  { rows, inner, columns, outShape, pairs }: Product,
  transposeA: boolean,
  transposeB: boolean,
): TensorInfo {
  const kernels = simdKernels(backend)!;
  const out = allocate(backend, outShape);
  const [aAt, bAt, outAt] = [a, b, out].map((tensor) => addressOf(backend, tensor));
  const work = { units: rows, operations: 2 * rows * inner * columns };
  pairs.forEach(([i, j], pair) => {
    const [p, q] = [aAt + 4 * i * rows * inner, bAt + 4 * j * inner * columns];
    const y = outAt + 4 * pair * rows * columns;
    if (transposeA) {
      const scratch = kernels.matrixProductTransposedAScratch(inner, rows, columns);
      const units = Math.ceil(columns / 8);
      return runInParts(backend, { ...work, units, scratch }, (from, end, scratch) => [
        "matrixProductTransposedA",
        [p, q, y, inner, rows, columns, from, end, scratch],
      ]);
    }
    const scratch = kernels.matrixProductScratch(inner, columns);
    runInParts(backend, { ...work, scratch }, (from, end, scratch) => {
      const [first, to] = [p + 4 * from * inner, y + 4 * from * columns];
      const sizes = [end - from, inner, columns, scratch] as const;
      return transposeB
        ? ["matrixProductTransposedB", [first, q, to, ...sizes]]
        : ["matrixProduct", [first, q, 0, to, ...sizes]];
    });
  });
  return out;
}

function loopedProducts(
  backend: BackendWasm,
  a: TensorInfo,
  b: TensorInfo,
  { rows, inner, columns, outShape, pairs }: Product,
  transposeA: boolean,
  transposeB: boolean,
): TensorInfo {
  const out = allocate(backend, outShape, a.dtype);
  const [left, right, result] = [a, b, out].map((tensor) => valuesOf(backend, tensor));
  const [rowStep, innerStep] = transposeA ? [1, rows] : [inner, 1];
  const [otherStep, columnStep] = transposeB ? [1, inner] : [columns, 1];
  let to = 0;
  for (const [i, j] of pairs)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++, to++) {
        const [from, other] = [i * rows * inner + row * rowStep, j * inner * columns];
        let sum = 0;
        for (let k = 0; k < inner; k++)
          sum += left[from + k * innerStep] * right[other + k * otherStep + column * columnStep];
        result[to] = sum;
      }
  return out;
}

/**
 * `_FusedMatMul` of tfjs in steps, for every bias and activation that broadcasts. The backend's own
 * kernel is wrong for some transposed matrices with a bias.
 */
export const fusedMatrixProduct: WasmKernel = (call) =>
  inSteps("_FusedMatMul", "BatchMatMul", call);
