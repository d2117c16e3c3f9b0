/**
 * The double-precision kernels in plain loops, for engines without SIMD: equal to the kernels but for
 * rounding. Addresses are in bytes, as those of the kernels.
 */
export function addPanelProducts(
  values: Float64Array,
  a: number,
  b: number,
  c: number,
  panelsA: number,
  panelsB: number,
  inner: number,
  panelBytes: number,
  rowBytes: number,
  offset: number,
): void {
  for (let j = 0; j < panelsB; j++) {
    const end = offset < 0 ? panelsA : Math.min(panelsA, j - offset + 1);
    for (let i = 0; i < end; i++)
      for (let row = 0; row < 4; row++)
        addPanelRow(
          values,
          (a + i * panelBytes) / 8 + row,
          (b + j * panelBytes) / 8,
          (c + (4 * i + row) * rowBytes) / 8 + 4 * j,
          inner,
        );
  }
}

/** A row of four sums. */
function addPanelRow(values: Float64Array, a: number, b: number, c: number, inner: number): void {
  let s0 = values[c];
  let s1 = values[c + 1];
  let s2 = values[c + 2];
  let s3 = values[c + 3];
  for (const end = a + 4 * inner; a < end; a += 4, b += 4) {
    const x = values[a];
    s0 += x * values[b];
    s1 += x * values[b + 1];
    s2 += x * values[b + 2];
    s3 += x * values[b + 3];
  }
  values[c] = s0;
  values[c + 1] = s1;
  values[c + 2] = s2;
  values[c + 3] = s3;
}

/** row -= x w' + y v', then sums += z row; returns row u. */
export function reflectRow(
  values: Float64Array,
  row: number,
  v: number,
  w: number,
  u: number,
  sums: number,
  count: number,
  x: number,
  y: number,
  z: number,
): number {
  let dot = 0;
  for (let i = 0; i < count; i++) {
    const value = values[row / 8 + i] - y * values[v / 8 + i] - x * values[w / 8 + i];
    values[row / 8 + i] = value;
    values[sums / 8 + i] += z * value;
    dot += value * values[u / 8 + i];
  }
  return dot;
}
