type Values = ArrayLike<number>;

/** {@link TrainingKernels.matrixProduct} in float64. */
export function matrixProduct(
  a: Values,
  b: Values,
  bias: Values | undefined,
  y: Float64Array,
  [rows, inner, columns]: readonly [number, number, number],
): void {
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      let sum = bias?.[c] ?? 0;
      for (let i = 0; i < inner; i++) sum += a[r * inner + i] * b[i * columns + c];
      y[r * columns + c] = sum;
    }
}

/** The transpose of a rows x columns matrix. */
export function transpose(a: Values, rows: number, columns: number): Float64Array {
  return Float64Array.from(
    { length: rows * columns },
    (_, i) => a[(i % rows) * columns + Math.floor(i / rows)],
  );
}
