import { convolvePacked } from "./convolution";
import { convolutionFilterGradient, convolutionFilterGradientScratch } from "./filterGradient";
import { packFilter, packTurnedFilter } from "./filterPacking";

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
  productPacked(a, scratch, bias ? padded : 0, y, rows, inner, columns);
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
  packTurnedFilter(b, 1, 1, columns, inner, 0, 1, 0, 1, scratch);
  productPacked(a, scratch, 0, y, rows, inner, columns);
}

/** The product as a convolution of images of one pixel. */
function productPacked(a: usize, packed: usize, bias: usize, y: usize, rows: i32, inner: i32, columns: i32): void {
  const row: usize = (columns as usize) << 2;
  convolvePacked(a, packed, bias, y, rows, 1, 1, inner, columns, 1, 1, 0, 0, 1, 1, 1, 1, row, row, row, 1);
}

/** Floats of scratch memory that {@link matrixProductTransposedA} needs. */
export function matrixProductTransposedAScratch(inner: i32, rows: i32, columns: i32): i32 {
  return convolutionFilterGradientScratch(inner, 1, 1, rows, columns, 1, 1, 0, 0, 1, 1, 1, 1);
}

/**
 * y = a' b, a inner x rows, b inner x columns: a dense layer's gradient by its weights.
 *
 * @param firstBlock,endBlock The blocks of 8 columns that are computed.
 */
export function matrixProductTransposedA(
  a: usize,
  b: usize,
  y: usize,
  inner: i32,
  rows: i32,
  columns: i32,
  firstBlock: i32,
  endBlock: i32,
  scratch: usize,
): void {
  convolutionFilterGradient(a, b, y, inner, 1, 1, rows, columns, 1, 1, 0, 0, 1, 1, 1, 1, firstBlock, endBlock, scratch);
}
