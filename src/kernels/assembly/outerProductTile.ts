import { multiplyAdd } from "./vector";

/**
 * sums[4 x 8] += sum over rows of `run` pixels of x[4] (outer product) dy[8].
 *
 * @param run At least 1.
 */
export function outerProductTile(
  sums: usize,
  x: usize,
  dy: usize,
  rows: i32,
  run: i32,
  xRow: usize,
  dyRow: usize,
): void {
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let b0 = a0;
  let b1 = a0;
  let c0 = a0;
  let c1 = a0;
  let d0 = a0;
  let d1 = a0;
  for (; rows > 0; rows--, x += xRow, dy += dyRow) {
    let p = x;
    let q = dy;
    const end = x + ((run as usize) << 4);
    do {
      const w0 = v128.load(q);
      const w1 = v128.load(q, 16);
      const v0 = v128.load_splat<f32>(p);
      a0 = multiplyAdd(v0, w0, a0);
      a1 = multiplyAdd(v0, w1, a1);
      const v1 = v128.load_splat<f32>(p, 4);
      b0 = multiplyAdd(v1, w0, b0);
      b1 = multiplyAdd(v1, w1, b1);
      const v2 = v128.load_splat<f32>(p, 8);
      c0 = multiplyAdd(v2, w0, c0);
      c1 = multiplyAdd(v2, w1, c1);
      const v3 = v128.load_splat<f32>(p, 12);
      d0 = multiplyAdd(v3, w0, d0);
      d1 = multiplyAdd(v3, w1, d1);
      p += 16;
      q += 32;
    } while (p != end);
  }
  v128.store(sums, f32x4.add(v128.load(sums), a0));
  v128.store(sums, f32x4.add(v128.load(sums, 16), a1), 16);
  v128.store(sums, f32x4.add(v128.load(sums, 32), b0), 32);
  v128.store(sums, f32x4.add(v128.load(sums, 48), b1), 48);
  v128.store(sums, f32x4.add(v128.load(sums, 64), c0), 64);
  v128.store(sums, f32x4.add(v128.load(sums, 80), c1), 80);
  v128.store(sums, f32x4.add(v128.load(sums, 96), d0), 96);
  v128.store(sums, f32x4.add(v128.load(sums, 112), d1), 112);
}
