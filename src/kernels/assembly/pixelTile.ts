import { leakyRelu, multiplyAdd, storePart } from "./vector";

/**
 * Eight output channels of four pixels: sums over `rows` runs of `length` consecutive input values,
 * plus bias, through leaky ReLU.
 *
 * 4 x 8 is the largest tile whose 8 sums, 2 weights and 1 value stay in registers under V8, and
 * the smallest that hides the latency of multiply-add; unrolling the inner loop makes it spill.
 *
 * @param x First input value of pixel 0; pixel p starts x1, x2 or x3 bytes after it.
 * @param xRow Bytes from one run to the next.
 * @param weights Packed: 8 for each input value; `weightRow` bytes from one run to the next.
 * @param bias 8 floats, or 0 for none.
 * @param y Output of pixel 0; the others y1, y2, y3 bytes after it.
 * @param present Output channels to write, 1 to 8.
 */
export function pixelTile(
  x: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  xRow: usize,
  weights: usize,
  weightRow: usize,
  rows: i32,
  length: i32,
  bias: usize,
  slope: f32,
  y: usize,
  y1: usize,
  y2: usize,
  y3: usize,
  present: i32,
): void {
  let a0 = f32x4.splat(0);
  let a1 = a0;
  if (bias) {
    a0 = v128.load(bias);
    a1 = v128.load(bias, 16);
  }
  let b0 = a0;
  let b1 = a1;
  let c0 = a0;
  let c1 = a1;
  let d0 = a0;
  let d1 = a1;
  if (length > 0)
    for (; rows > 0; rows--, x += xRow, weights += weightRow) {
      let p0 = x;
      let p1 = x + x1;
      let p2 = x + x2;
      let p3 = x + x3;
      let w = weights;
      const end = x + ((length as usize) << 2);
      do {
        const w0 = v128.load(w);
        const w1 = v128.load(w, 16);
        const v0 = v128.load_splat<f32>(p0);
        a0 = multiplyAdd(v0, w0, a0);
        a1 = multiplyAdd(v0, w1, a1);
        const v1 = v128.load_splat<f32>(p1);
        b0 = multiplyAdd(v1, w0, b0);
        b1 = multiplyAdd(v1, w1, b1);
        const v2 = v128.load_splat<f32>(p2);
        c0 = multiplyAdd(v2, w0, c0);
        c1 = multiplyAdd(v2, w1, c1);
        const v3 = v128.load_splat<f32>(p3);
        d0 = multiplyAdd(v3, w0, d0);
        d1 = multiplyAdd(v3, w1, d1);
        p0 += 4;
        p1 += 4;
        p2 += 4;
        p3 += 4;
        w += 32;
      } while (p0 != end);
    }
  if (slope != 1) {
    const s = f32x4.splat(slope);
    a0 = leakyRelu(a0, s);
    a1 = leakyRelu(a1, s);
    b0 = leakyRelu(b0, s);
    b1 = leakyRelu(b1, s);
    c0 = leakyRelu(c0, s);
    c1 = leakyRelu(c1, s);
    d0 = leakyRelu(d0, s);
    d1 = leakyRelu(d1, s);
  }
  storePixel(y, a0, a1, present);
  storePixel(y + y1, b0, b1, present);
  storePixel(y + y2, c0, c1, present);
  storePixel(y + y3, d0, d1, present);
}

function storePixel(y: usize, low: v128, high: v128, present: i32): void {
  if (present == 8) {
    v128.store(y, low);
    v128.store(y, high, 16);
    return;
  }
  storePart(y, low, present);
  storePart(y + 16, high, present - 4);
}
