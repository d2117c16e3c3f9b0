/**
 * Copies of some rows of a matrix whose rows have `size` values, in the order given; repeated rows
 * are repeated. The copy has the matrix's own precision.
 */
export function takeRows<T extends Float32Array | Float64Array>(
  values: T,
  size: number,
  rows: ArrayLike<number>,
): T {
  const length = rows.length * size;
  const taken =
    values instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  for (let i = 0; i < rows.length; i++)
    taken.set(values.subarray(rows[i] * size, (rows[i] + 1) * size), i * size);
  return taken as T;
}

/** Two lists of values, one after the other; in double precision if one of them is. */
export function concatenated<T extends Float32Array | Float64Array>(a: T, b: T): T {
  const length = a.length + b.length;
  const isSingle = a instanceof Float32Array && b instanceof Float32Array;
  const all = isSingle ? new Float32Array(length) : new Float64Array(length);
  all.set(a);
  all.set(b, a.length);
  return all as T;
}
