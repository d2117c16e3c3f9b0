/** Values in single precision where that holds them exactly, else in double precision. */
export type Numbers = Float32Array | Float64Array;

/** A matrix whose rows are read as they are needed: from memory, or from a file that is larger. */
export interface RowArray {
  /** Number of rows. */
  readonly count: number;
  /** Values of a row. */
  readonly size: number;
  /** Unit roundoff of the values as they are stored; that of `rows` unless given. */
  readonly precision?: number;
  /** Rows from `from` to just before `to`, row-major. */
  readonly rows: (from: number, to: number) => Numbers;
}

/** Values in memory as a matrix of `count` rows. */
export function rowArray(values: ArrayLike<number>, count: number): RowArray {
  const size = values.length / count;
  const numbers =
    values instanceof Float32Array || values instanceof Float64Array
      ? values
      : Float64Array.from(values);
  return { count, size, rows: (from, to) => numbers.subarray(from * size, to * size) };
}
