import { convolvePacked } from "./convolution";
import { convolutionFilterGradient, convolutionFilterGradientScratch } from "./filterGradient";
import { packFilter, packTurnedFilter } from "./filterPacking";
import { addToSums } from "./batchNormGradient";
import { loadPart, storePart } from "./vector";

/** Floats of scratch memory that {@link matrixProduct} and {@link matrixProductTransposedB} need. */
export function matrixProductScratch(inner: i32, columns: i32): i32 {
  return (inner + 1) * ((columns + 7) & ~7);
}

/**
 * y = a b + bias, a dense layer's forward pass.
 *
 * @param a rows x inner.
 * @param b inner x columns.
 * @param bias columns, or 0 for none.
 * @param y Written: rows x columns.
 */
export function matrixProduct(
  a: usize,
  b: usize,
  bias: usize,
  y: usize,
  rows: i32,
  inner: i32,
  columns: i32,
  scratch: usize,
): void {
  packFilter(b, inner, columns, scratch);
  const padded = scratch + ((inner * ((columns + 7) & ~7)) << 2);
  if (bias) packFilter(bias, 1, columns, padded);
  // prettier-ignore
  convolvePacked(a, scratch, bias ? padded : 0, y, rows, 1, 1, inner, columns, 1, 1, 0, 0, 1, 1, 1);
}

/** y = a b', a rows x inner, b columns x inner: a dense layer's gradient by its input. */
export function matrixProductTransposedB(
  a: usize,
  b: usize,
  y: usize,
  rows: i32,
  inner: i32,
  columns: i32,
  scratch: usize,
): void {
  packTurnedFilter(b, 1, columns, inner, scratch);
  convolvePacked(a, scratch, 0, y, rows, 1, 1, inner, columns, 1, 1, 0, 0, 1, 1, 1);
}

/** Floats of scratch memory that {@link matrixProductTransposedA} needs. */
export function matrixProductTransposedAScratch(inner: i32, rows: i32, columns: i32): i32 {
  return convolutionFilterGradientScratch(inner, 1, 1, rows, columns, 1, 1, 0, 0, 1, 1);
}

/** y = a' b, a inner x rows, b inner x columns: a dense layer's gradient by its weights. */
export function matrixProductTransposedA(
  a: usize,
  b: usize,
  y: usize,
  inner: i32,
  rows: i32,
  columns: i32,
  scratch: usize,
): void {
  convolutionFilterGradient(a, b, y, inner, 1, 1, rows, columns, 1, 1, 0, 0, 1, 1, scratch);
}

/** Floats of scratch memory that {@link columnSums} needs. */
export function columnSumsScratch(columns: i32): i32 {
  return ((columns + 3) & ~3) * 4;
}

/**
 * Sum of each column, the gradient of a bias: float32 within 32 rows, float64 over them.
 *
 * @param x rows x columns.
 * @param sums Written: columns floats.
 */
export function columnSums(x: usize, sums: usize, rows: i32, columns: i32, scratch: usize): void {
  const stride: usize = (columns as usize) << 2;
  memory.fill(scratch, 0, (columnSumsScratch(columns) as usize) << 2);
  for (let r = 0; r < rows; r += 32) {
    const end = min(rows, r + 32);
    for (let c: usize = 0; c < stride; c += 16) {
      let sum = f32x4.splat(0);
      for (let i = r; i < end; i++)
        sum = f32x4.add(sum, loadPart(x + (i as usize) * stride + c, ((stride - c) >> 2) as i32));
      addToSums(scratch + c * 4, sum, f32x4.splat(0));
    }
  }
  for (let c: usize = 0; c < stride; c += 16) {
    const low = f32x4.demote_f64x2_zero(v128.load(scratch + c * 4));
    const high = f32x4.demote_f64x2_zero(v128.load(scratch + c * 4 + 16));
    const all = i8x16.shuffle(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    storePart(sums + c, all, ((stride - c) >> 2) as i32);
  }
}
