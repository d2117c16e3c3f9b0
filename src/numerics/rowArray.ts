/** Values in single precision where that holds them exactly, else in double precision. */
export type Numbers = Float32Array | Float64Array;

/** A matrix whose rows are read as they are needed: from memory, or from a file that is larger. */
export interface RowArray {
  /** Number of rows. */
  readonly count: number;
  /** Values of a row. */
  readonly size: number;
  /** The floating-point format of the values as they are stored; that of `rows` by default. */
  readonly precision?: "float16" | "bfloat16" | "float32" | "float64";
  /** Rows from `from` to just before `to`, row-major. */
  readonly rows: (from: number, to: number) => Numbers;
}

/** Values as a matrix of `count` rows; an array of rows as it is. */
export function rowArray(values: ArrayLike<number> | RowArray, count: number): RowArray {
  if ("rows" in values) return values;
  const size = values.length / count;
  const numbers =
    values instanceof Float32Array || values instanceof Float64Array
      ? values
      : Float64Array.from(values);
  return { count, size, rows: (from, to) => numbers.subarray(from * size, to * size) };
}
