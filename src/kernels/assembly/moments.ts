import { loadLanes, multiplyAdd, Part, Whole } from "./vector";

/** Values of a block of rows: it is swept twice while it stays in L1. */
const BLOCK_VALUES: i32 = 4096;

/** Rows swept together. */
export function rowsOfBlock(channels: i32): i32 {
  return max(8, min(512, BLOCK_VALUES / channels));
}

/** Bytes of the sums of {@link channelMoments}: a float64 mean and sum of squares a channel. */
export function momentsSize(channels: i32): usize {
  return ((channels + 3) & ~3) << 4;
}

/**
 * Mean and sum of squared deviations of each channel, in one pass over memory: each block of rows
 * in float32 around its own mean, blocks joined in float64.
 *
 * @param x count x pixels x channels.
 * @param copies How often each image counts: count floats; or 0 for once.
 * @param first,end The channels that are computed, from a multiple of 4: the others stay as they are.
 * @param sums Written, {@link momentsSize} bytes: the means, then the sums of squared deviations.
 * @returns The number of rows, copies counted.
 * @see Chan, Golub, LeVeque 1983, https://doi.org/10.1080/00031305.1983.10483115
 */
export function channelMoments(
  x: usize,
  copies: usize,
  count: i32,
  pixels: i32,
  channels: i32,
  first: i32,
  end: i32,
  sums: usize,
): f64 {
  const bytes = (((end - first + 3) & ~3) as usize) << 3;
  const means = sums + ((first as usize) << 3);
  memory.fill(means, 0, bytes);
  memory.fill(means + momentsSize(channels) / 2, 0, bytes);
  // Without copies all images are one: blocks may go over their borders.
  if (!copies) return addMoments(x, count * pixels, channels, first, end, 1, 0, sums);
  const image: usize = ((pixels * channels) as usize) << 2;
  let rows: f64 = 0;
  for (let n = 0; n < count; n++, x += image)
    rows = addMoments(x, pixels, channels, first, end, load<f32>(copies + ((n as usize) << 2)), rows, sums);
  return rows;
}

/** Joins rows that each count `weight` times to the `before` ones; returns how many there are now. */
function addMoments(
  x: usize,
  rows: i32,
  channels: i32,
  first: i32,
  end: i32,
  weight: f64,
  before: f64,
  sums: usize,
): f64 {
  const block = rowsOfBlock(channels);
  const stride: usize = (channels as usize) << 2;
  for (let r = 0; r < rows; r += block) {
    const some = min(block, rows - r);
    for (let c = first; c < end; c += 4)
      if (channels & 3) blockMoments<Part>(x + ((c as usize) << 2), some, stride, channels, c, weight, before, sums);
      else blockMoments<Whole>(x + ((c as usize) << 2), some, stride, channels, c, weight, before, sums);
    x += (some as usize) * stride;
    before += (some as f64) * weight;
  }
  return before;
}

function blockMoments<L>(
  x: usize,
  rows: i32,
  stride: usize,
  channels: i32,
  c: i32,
  weight: f64,
  before: f64,
  sums: usize,
): void {
  const present = channels - c;
  const share = f32x4.splat(1 / (rows as f32));
  const mean = f32x4.mul(blockSum<L>(x, rows, stride, present), share);
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let q0 = s0;
  let q1 = s0;
  let r = 0;
  for (; r + 2 <= rows; r += 2, x += 2 * stride) {
    const d0 = f32x4.sub(loadLanes<L>(x, present), mean);
    const d1 = f32x4.sub(loadLanes<L>(x + stride, present), mean);
    s0 = f32x4.add(s0, d0);
    s1 = f32x4.add(s1, d1);
    q0 = multiplyAdd(d0, d0, q0);
    q1 = multiplyAdd(d1, d1, q1);
  }
  if (r < rows) {
    const d0 = f32x4.sub(loadLanes<L>(x, present), mean);
    s0 = f32x4.add(s0, d0);
    q0 = multiplyAdd(d0, d0, q0);
  }
  // The float32 mean is off by its rounding: s, the sum around it, says by how much.
  const s = f32x4.add(s0, s1);
  const q = f32x4.add(q0, q1);
  const upper = upperHalf(mean);
  const sUpper = upperHalf(s);
  const qUpper = upperHalf(q);
  const means = sums + ((c as usize) << 3);
  const squares = means + (((channels + 3) & ~3) << 3);
  joinMoments(means, squares, mean, s, q, rows, weight, before);
  joinMoments(means + 16, squares + 16, upper, sUpper, qUpper, rows, weight, before);
}

/** The lanes 2 and 3, as lanes 0 and 1. */
export function upperHalf(a: v128): v128 {
  return i8x16.shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

function blockSum<L>(x: usize, rows: i32, stride: usize, present: i32): v128 {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let r = 0;
  for (; r + 4 <= rows; r += 4, x += 4 * stride) {
    a = f32x4.add(a, loadLanes<L>(x, present));
    b = f32x4.add(b, loadLanes<L>(x + stride, present));
    c = f32x4.add(c, loadLanes<L>(x + 2 * stride, present));
    d = f32x4.add(d, loadLanes<L>(x + 3 * stride, present));
  }
  for (; r < rows; r++, x += stride) a = f32x4.add(a, loadLanes<L>(x, present));
  return f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
}

/** Joins two channels' block (its rough mean, sum and squares around it) to what came before. */
function joinMoments(
  means: usize,
  squares: usize,
  rough: v128,
  sum: v128,
  square: v128,
  rows: i32,
  weight: f64,
  before: f64,
): void {
  const count = f64x2.splat(rows);
  const s = f64x2.promote_low_f32x4(sum);
  const offset = f64x2.div(s, count);
  const mean = f64x2.add(f64x2.promote_low_f32x4(rough), offset);
  const own = f64x2.sub(f64x2.promote_low_f32x4(square), f64x2.mul(s, offset));
  const deviations = f64x2.mul(own, f64x2.splat(weight));
  const old = v128.load(means);
  const delta = f64x2.sub(mean, old);
  const added = (rows as f64) * weight;
  const share = f64x2.splat(added / (added + before));
  v128.store(means, f64x2.add(old, f64x2.mul(delta, share)));
  const between = f64x2.mul(f64x2.mul(delta, delta), f64x2.mul(share, f64x2.splat(before)));
  v128.store(squares, f64x2.add(v128.load(squares), f64x2.add(deviations, between)));
}
