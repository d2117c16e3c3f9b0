/** Values in single precision if that is exact, else in double precision. */
export type Numbers = Float32Array | Float64Array;

/** Matrix whose rows are read on demand, from memory or from a larger file. */
export interface RowArray {
  /** Number of rows. */
  readonly count: number;
  /** Number of values per row. */
  readonly size: number;
  /** Floating-point format of the stored values; that of `rows` by default. */
  readonly precision?: "float16" | "bfloat16" | "float32" | "float64";
  /** Rows from `from` to just before `to`, row-major. */
  readonly rows: (from: number, to: number) => Numbers;
}

/** Matrix of `count` rows; an existing row array is returned unchanged. */
export function rowArray(values: ArrayLike<number> | RowArray, count: number): RowArray {
  if ("rows" in values) return values;
  const size = values.length / count;
  const numbers =
    values instanceof Float32Array || values instanceof Float64Array
      ? values
      : Float64Array.from(values);
  return { count, size, rows: (from, to) => numbers.subarray(from * size, to * size) };
}
