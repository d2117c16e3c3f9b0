import { leakyRelu } from "./vector";

/**
 * Floats from one of the values of all tiles to the next: a cache line more than there are, since
 * at a power of two they would all fall into the same lines of L1.
 */
export function planeOf(tiles: i32, channels: i32): i32 {
  return tiles * channels + 16;
}

/**
 * Transforms 4 x 4 pixels d of some channels to B' d B, B' = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1].
 *
 * Column after column: all sixteen values at once would not stay in registers.
 *
 * @param from The first pixel; `pixel` bytes to the next of its row, `row` bytes to the next row.
 * @param to Value (0, 0) of channels 0 to 3; `plane` bytes to the next value, `block` bytes to the
 *   next four channels.
 * @param channels A multiple of 4.
 */
export function transformPixels(
  from: usize,
  pixel: usize,
  row: usize,
  to: usize,
  plane: usize,
  block: usize,
  channels: i32,
): void {
  for (; channels > 0; channels -= 4, from += 16, to += block) {
    let d0 = v128.load(from);
    let d1 = v128.load(from + row);
    let d2 = v128.load(from + 2 * row);
    let d3 = v128.load(from + 3 * row);
    let at = from + 2 * pixel;
    const e0 = v128.load(at);
    const e1 = v128.load(at + row);
    const e2 = v128.load(at + 2 * row);
    const e3 = v128.load(at + 3 * row);
    storeColumn(to, plane, f32x4.sub(d0, e0), f32x4.sub(d1, e1), f32x4.sub(d2, e2), f32x4.sub(d3, e3));
    at = from + pixel;
    d0 = v128.load(at);
    d1 = v128.load(at + row);
    d2 = v128.load(at + 2 * row);
    d3 = v128.load(at + 3 * row);
    storeColumn(to + plane, plane, f32x4.add(d0, e0), f32x4.add(d1, e1), f32x4.add(d2, e2), f32x4.add(d3, e3));
    storeColumn(to + 2 * plane, plane, f32x4.sub(e0, d0), f32x4.sub(e1, d1), f32x4.sub(e2, d2), f32x4.sub(e3, d3));
    at = from + 3 * pixel;
    d0 = f32x4.sub(d0, v128.load(at));
    d1 = f32x4.sub(d1, v128.load(at + row));
    d2 = f32x4.sub(d2, v128.load(at + 2 * row));
    d3 = f32x4.sub(d3, v128.load(at + 3 * row));
    storeColumn(to + 3 * plane, plane, d0, d1, d2, d3);
  }
}

/** Applies B' to a column of four and stores it in the planes 0, 4, 8, 12 from `to`. */
function storeColumn(to: usize, plane: usize, d0: v128, d1: v128, d2: v128, d3: v128): void {
  v128.store(to, f32x4.sub(d0, d2));
  v128.store(to + 4 * plane, f32x4.add(d1, d2));
  v128.store(to + 8 * plane, f32x4.sub(d2, d1));
  v128.store(to + 12 * plane, f32x4.sub(d1, d3));
}

/**
 * Transforms a packed filter g, outChannels / 8 x 9 x channels x 8, to G g G', G = [1 0 0; 1/2 1/2
 * 1/2; 1/2 -1/2 1/2; 0 0 1]: 16 x outChannels / 8 x channels x 8.
 */
export function transformFilter(packed: usize, to: usize, channels: i32, blocks: i32): void {
  const tap: usize = (channels as usize) << 5;
  const plane = (blocks as usize) * tap;
  for (let block = 0; block < blocks; block++, packed += 9 * tap, to += tap)
    for (let at: usize = 0; at < tap; at += 16)
      for (let i = 0; i < 4; i++) {
        const first = filterRow(packed + at, tap, i);
        const second = filterRow(packed + at + tap, tap, i);
        const third = filterRow(packed + at + 2 * tap, tap, i);
        const out = to + at + ((4 * i) as usize) * plane;
        v128.store(out, first);
        v128.store(out + plane, halfSum(first, second, third));
        v128.store(out + 2 * plane, halfSum(first, f32x4.neg(second), third));
        v128.store(out + 3 * plane, third);
      }
}

/** Row i of G applied to the three taps below each other. */
function filterRow(at: usize, tap: usize, i: i32): v128 {
  const first = v128.load(at);
  const third = v128.load(at + 6 * tap);
  if (i == 0) return first;
  if (i == 3) return third;
  const second = v128.load(at + 3 * tap);
  return halfSum(first, i == 1 ? second : f32x4.neg(second), third);
}

function halfSum(a: v128, b: v128, c: v128): v128 {
  return f32x4.mul(f32x4.splat(0.5), f32x4.add(f32x4.add(a, c), b));
}

/**
 * Transforms the products m of a tile back to 2 x 2 pixels A' m A, A' = [1 1 1 0; 0 1 -1 -1], plus
 * bias, through leaky ReLU.
 *
 * @param from Value (0, 0) of the products, `plane` bytes to the next value.
 * @param bias Of the channels, or 0.
 * @param to The first pixel; `pixel` and `row` bytes to its neighbors.
 * @param isWide,isHigh Whether the right and the lower pixels exist.
 * @param channels A multiple of 4.
 */
export function transformProducts(
  from: usize,
  plane: usize,
  bias: usize,
  slope: f32,
  to: usize,
  pixel: usize,
  row: usize,
  isWide: bool,
  isHigh: bool,
  channels: i32,
): void {
  const s = f32x4.splat(slope);
  for (; channels > 0; channels -= 4, from += 16, to += 16) {
    let offset = f32x4.splat(0);
    if (bias) {
      offset = v128.load(bias);
      bias += 16;
    }
    const high0 = highSum(from, plane);
    const low0 = lowSum(from, plane);
    const high1 = highSum(from + plane, plane);
    const low1 = lowSum(from + plane, plane);
    const high2 = highSum(from + 2 * plane, plane);
    const low2 = lowSum(from + 2 * plane, plane);
    storeValue(to, f32x4.add(f32x4.add(high0, high1), high2), offset, s);
    if (isHigh) storeValue(to + row, f32x4.add(f32x4.add(low0, low1), low2), offset, s);
    if (!isWide) continue;
    const high3 = highSum(from + 3 * plane, plane);
    storeValue(to + pixel, f32x4.sub(f32x4.sub(high1, high2), high3), offset, s);
    if (!isHigh) continue;
    const low3 = lowSum(from + 3 * plane, plane);
    storeValue(to + pixel + row, f32x4.sub(f32x4.sub(low1, low2), low3), offset, s);
  }
}

/** m0 + m1 + m2 of a column of products. */
function highSum(at: usize, plane: usize): v128 {
  return f32x4.add(f32x4.add(v128.load(at), v128.load(at + 4 * plane)), v128.load(at + 8 * plane));
}

/** m1 - m2 - m3 of a column of products. */
function lowSum(at: usize, plane: usize): v128 {
  return f32x4.sub(f32x4.sub(v128.load(at + 4 * plane), v128.load(at + 8 * plane)), v128.load(at + 12 * plane));
}

function storeValue(to: usize, value: v128, offset: v128, slope: v128): void {
  v128.store(to, leakyRelu(f32x4.add(value, offset), slope));
}
