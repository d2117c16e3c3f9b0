import { channelBytes, writeFactors } from "./batchNorm";
import { addToSums, clearSums, factorsAfter, rowsWithCopies, writeCoefficients } from "./batchNormGradient";
import { leakyRelu, loadLanes, multiplyAdd, storeLanes, Part, Whole } from "./vector";

/**
 * Batch normalization by `batchMoments`, leaky ReLU and 2 x 2 max pooling of stride 2 in one: what
 * batchNormForward and maxPool give, without the values between them in memory. The moments are over
 * all positions, also an odd last row or column, which the pooling leaves out.
 *
 * @param x count x height x width x channels.
 * @param y Written: count x floor(height / 2) x floor(width / 2) x channels.
 * @param slope Positive.
 * @param scratch batchNormScratch floats.
 */
export function batchNormPoolForward(
  x: usize,
  scale: usize,
  offset: usize,
  mean: usize,
  variance: usize,
  y: usize,
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
  epsilon: f64,
  slope: f32,
  scratch: usize,
): void {
  const factors = scratch;
  writeFactors(scale, variance, 0, channels, epsilon, factors);
  const pixel: usize = (channels as usize) << 2;
  const row: usize = (width as usize) * pixel;
  for (let n = 0; n < count; n++, x += (height as usize) * row)
    for (let a = 0; a + 2 <= height; a += 2) {
      const from = x + (a as usize) * row;
      for (let c: usize = 0; c < pixel; c += 16)
        if (channels & 3)
          poolRow<Part>(
            from + c,
            y + c,
            width >> 1,
            pixel,
            row,
            factors + c,
            mean + c,
            offset + c,
            slope,
            ((pixel - c) >> 2) as i32,
          );
        else
          poolRow<Whole>(
            from + c,
            y + c,
            width >> 1,
            pixel,
            row,
            factors + c,
            mean + c,
            offset + c,
            slope,
            ((pixel - c) >> 2) as i32,
          );
      y += ((width >> 1) as usize) * pixel;
    }
}

function poolRow<L>(
  x: usize,
  y: usize,
  windows: i32,
  pixel: usize,
  row: usize,
  factors: usize,
  mean: usize,
  offset: usize,
  slope: f32,
  present: i32,
): void {
  const factor = v128.load(factors);
  const center = loadLanes<L>(mean, present);
  const shift = loadLanes<L>(offset, present);
  const s = f32x4.splat(slope);
  for (; windows > 0; windows--, x += 2 * pixel, y += pixel) {
    const z0 = multiplyAdd(f32x4.sub(loadLanes<L>(x, present), center), factor, shift);
    const z1 = multiplyAdd(f32x4.sub(loadLanes<L>(x + pixel, present), center), factor, shift);
    const z2 = multiplyAdd(f32x4.sub(loadLanes<L>(x + row, present), center), factor, shift);
    const z3 = multiplyAdd(f32x4.sub(loadLanes<L>(x + row + pixel, present), center), factor, shift);
    const largest = f32x4.max(f32x4.max(z0, z1), f32x4.max(z2, z3));
    storeLanes<L>(y, leakyRelu(largest, s), present);
  }
}

/**
 * Gradients of {@link batchNormPoolForward} by scale and offset, and what
 * {@link batchNormPoolBackward} needs. A window's gradient goes to its first largest value in
 * row-major order, by the value before the leaky ReLU.
 *
 * @param dy count x floor(height / 2) x floor(width / 2) x channels.
 * @see batchNormSums for the other parameters.
 */
export function batchNormPoolSums(
  dy: usize,
  x: usize,
  scale: usize,
  offset: usize,
  mean: usize,
  variance: usize,
  copies: usize,
  dScale: usize,
  dOffset: usize,
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
  epsilon: f64,
  slope: f32,
  first: i32,
  end: i32,
  scratch: usize,
): void {
  const factors = clearSums(scale, variance, channels, first, end, epsilon, scratch);
  const pixel: usize = (channels as usize) << 2;
  const row: usize = (width as usize) * pixel;
  const pooledRow: usize = ((width >> 1) as usize) * pixel;
  const pooledRows = height >> 1;
  for (let n = 0; n < count; n++)
    for (let a = 0; a < pooledRows; a++) {
      const from = x + ((n * height + 2 * a) as usize) * row;
      const gradient = dy + ((n * pooledRows + a) as usize) * pooledRow;
      for (let c = (first as usize) << 2; c < (end as usize) << 2; c += 16)
        if (channels & 3)
          addRow<Part>(
            gradient + c,
            from + c,
            width >> 1,
            pixel,
            row,
            factors + c,
            mean + c,
            offset + c,
            slope,
            scratch + c * 4,
            ((pixel - c) >> 2) as i32,
          );
        else
          addRow<Whole>(
            gradient + c,
            from + c,
            width >> 1,
            pixel,
            row,
            factors + c,
            mean + c,
            offset + c,
            slope,
            scratch + c * 4,
            ((pixel - c) >> 2) as i32,
          );
    }
  const rows = rowsWithCopies(copies, count, height * width);
  writeCoefficients(scratch, factors, variance, rows, channels, first, end, epsilon, dScale, dOffset);
}

/**
 * Gradient of {@link batchNormPoolForward} by its input.
 *
 * @param dx Written.
 * @param scratch As {@link batchNormPoolSums} left it.
 */
export function batchNormPoolBackward(
  dy: usize,
  x: usize,
  offset: usize,
  mean: usize,
  copies: usize,
  dx: usize,
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
  slope: f32,
  scratch: usize,
): void {
  const factors = factorsAfter(scratch, channels);
  const pixel: usize = (channels as usize) << 2;
  const row: usize = (width as usize) * pixel;
  const pooledRow: usize = ((width >> 1) as usize) * pixel;
  const pooledRows = height >> 1;
  const coefficient = channelBytes(channels);
  for (let n = 0; n < count; n++) {
    const weight: f32 = copies ? load<f32>(copies + ((n as usize) << 2)) : 1;
    for (let a = 0; a < height; a += 2) {
      const at = ((n * height + a) as usize) * row;
      const whole = a + 2 <= height;
      const gradient = dy + ((n * pooledRows + (a >> 1)) as usize) * pooledRow;
      for (let c: usize = 0; c < pixel; c += 16) {
        const present = ((pixel - c) >> 2) as i32;
        const pooled = whole ? (width >> 1) << 1 : 0;
        if (whole && channels & 3)
          gradientRow<Part>(
            gradient + c,
            x + at + c,
            dx + at + c,
            width >> 1,
            pixel,
            row,
            factors + c,
            coefficient,
            mean + c,
            offset + c,
            slope,
            weight,
            present,
          );
        else if (whole)
          gradientRow<Whole>(
            gradient + c,
            x + at + c,
            dx + at + c,
            width >> 1,
            pixel,
            row,
            factors + c,
            coefficient,
            mean + c,
            offset + c,
            slope,
            weight,
            present,
          );
        for (let b = pooled; b < width; b++) {
          const to = at + c + (b as usize) * pixel;
          unpooledGradient<Part>(x + to, dx + to, factors + c, coefficient, mean + c, weight, present);
          if (whole)
            unpooledGradient<Part>(x + to + row, dx + to + row, factors + c, coefficient, mean + c, weight, present);
        }
      }
    }
  }
}

function addRow<L>(
  dy: usize,
  x: usize,
  windows: i32,
  pixel: usize,
  row: usize,
  factors: usize,
  mean: usize,
  offset: usize,
  slope: f32,
  sums: usize,
  present: i32,
): void {
  const factor = v128.load(factors);
  const center = loadLanes<L>(mean, present);
  const shift = loadLanes<L>(offset, present);
  const s = f32x4.splat(slope);
  let g = f32x4.splat(0);
  let gx = g;
  for (; windows > 0; windows--, x += 2 * pixel, dy += pixel) {
    const away0 = f32x4.sub(loadLanes<L>(x, present), center);
    const away1 = f32x4.sub(loadLanes<L>(x + pixel, present), center);
    const away2 = f32x4.sub(loadLanes<L>(x + row, present), center);
    const away3 = f32x4.sub(loadLanes<L>(x + row + pixel, present), center);
    const z0 = multiplyAdd(away0, factor, shift);
    const z1 = multiplyAdd(away1, factor, shift);
    const z2 = multiplyAdd(away2, factor, shift);
    const z3 = multiplyAdd(away3, factor, shift);
    const z = f32x4.max(f32x4.max(z0, z1), f32x4.max(z2, z3));
    let away = v128.bitselect(away2, away3, f32x4.eq(z2, z));
    away = v128.bitselect(away1, away, f32x4.eq(z1, z));
    away = v128.bitselect(away0, away, f32x4.eq(z0, z));
    const d = loadLanes<L>(dy, present);
    const gate = v128.bitselect(d, f32x4.mul(d, s), f32x4.gt(z, f32x4.splat(0)));
    g = f32x4.add(g, gate);
    gx = multiplyAdd(gate, away, gx);
  }
  addToSums(sums, g, gx);
}

function gradientRow<L>(
  dy: usize,
  x: usize,
  dx: usize,
  windows: i32,
  pixel: usize,
  row: usize,
  factors: usize,
  coefficient: usize,
  mean: usize,
  offset: usize,
  slope: f32,
  weight: f32,
  present: i32,
): void {
  const factor = v128.load(factors);
  const times = f32x4.splat(weight);
  const slopes = f32x4.mul(v128.load(factors + coefficient), times);
  const constants = f32x4.mul(v128.load(factors + 2 * coefficient), times);
  const center = loadLanes<L>(mean, present);
  const shift = loadLanes<L>(offset, present);
  const s = f32x4.splat(slope);
  for (; windows > 0; windows--, x += 2 * pixel, dx += 2 * pixel, dy += pixel) {
    const away0 = f32x4.sub(loadLanes<L>(x, present), center);
    const away1 = f32x4.sub(loadLanes<L>(x + pixel, present), center);
    const away2 = f32x4.sub(loadLanes<L>(x + row, present), center);
    const away3 = f32x4.sub(loadLanes<L>(x + row + pixel, present), center);
    const z0 = multiplyAdd(away0, factor, shift);
    const z1 = multiplyAdd(away1, factor, shift);
    const z2 = multiplyAdd(away2, factor, shift);
    const z3 = multiplyAdd(away3, factor, shift);
    const z = f32x4.max(f32x4.max(z0, z1), f32x4.max(z2, z3));
    const d = loadLanes<L>(dy, present);
    const gate = v128.bitselect(d, f32x4.mul(d, s), f32x4.gt(z, f32x4.splat(0)));
    const g = f32x4.mul(factor, gate);
    const first0 = f32x4.eq(z0, z);
    const first1 = v128.andnot(f32x4.eq(z1, z), first0);
    const before2 = v128.or(first0, first1);
    const first2 = v128.andnot(f32x4.eq(z2, z), before2);
    const first3 = v128.andnot(f32x4.eq(z3, z), v128.or(before2, first2));
    const base0 = multiplyAdd(slopes, away0, constants);
    const base1 = multiplyAdd(slopes, away1, constants);
    const base2 = multiplyAdd(slopes, away2, constants);
    const base3 = multiplyAdd(slopes, away3, constants);
    storeLanes<L>(dx, f32x4.add(base0, v128.and(g, first0)), present);
    storeLanes<L>(dx + pixel, f32x4.add(base1, v128.and(g, first1)), present);
    storeLanes<L>(dx + row, f32x4.add(base2, v128.and(g, first2)), present);
    storeLanes<L>(dx + row + pixel, f32x4.add(base3, v128.and(g, first3)), present);
  }
}

/** Gradient of a position outside every window, which counts in the statistics only. */
function unpooledGradient<L>(
  x: usize,
  dx: usize,
  factors: usize,
  coefficient: usize,
  mean: usize,
  weight: f32,
  present: i32,
): void {
  const away = f32x4.sub(loadLanes<L>(x, present), loadLanes<L>(mean, present));
  const slopes = v128.load(factors + coefficient);
  const each = multiplyAdd(slopes, away, v128.load(factors + 2 * coefficient));
  storeLanes<L>(dx, f32x4.mul(each, f32x4.splat(weight)), present);
}
