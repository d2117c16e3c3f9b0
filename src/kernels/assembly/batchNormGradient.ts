import { channelBytes, writeFactors } from "./batchNorm";
import { rowsOfBlock, upperHalf } from "./moments";
import { loadLanes, multiplyAdd, storeLanes, Part, Whole } from "./vector";

/**
 * Gradients of batchNormForward by scale and offset, and what {@link batchNormBackward} needs. With z
 * the value before the leaky ReLU, g = dy (z > 0 ? 1 : slope) and u = (x - mean) / sqrt(variance +
 * epsilon): dScale = sum g u, dOffset = sum g, dx = scale / sqrt(variance + epsilon) (g - copies
 * (dOffset + u dScale) / rows), rows with copies counted: of an image that stands for several, dy and
 * dx are the sums over them. Sums go in float32 within a block of at most 512 rows, in float64 over
 * blocks.
 *
 * @param dy,x count x pixels x channels.
 * @param copies,mean,variance Of the forward pass.
 * @param dScale,dOffset Written.
 * @param first,end As of `batchMoments`.
 * @param scratch batchNormScratch floats, the same ones for all threads.
 */
export function batchNormSums(
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
  pixels: i32,
  channels: i32,
  epsilon: f64,
  slope: f32,
  first: i32,
  end: i32,
  scratch: usize,
): void {
  const rows = count * pixels;
  const factors = clearSums(scale, variance, channels, first, end, epsilon, scratch);
  const block = rowsOfBlock(channels);
  const stride: usize = (channels as usize) << 2;
  for (let r = 0; r < rows; r += block) {
    const at = (r as usize) * stride;
    for (let c = (first as usize) << 2; c < (end as usize) << 2; c += 16)
      if (channels & 3)
        addGradients<Part>(
          dy + at + c,
          x + at + c,
          min(block, rows - r),
          stride,
          factors + c,
          mean + c,
          offset + c,
          slope,
          scratch + c * 4,
          ((stride - c) >> 2) as i32,
        );
      else
        addGradients<Whole>(
          dy + at + c,
          x + at + c,
          min(block, rows - r),
          stride,
          factors + c,
          mean + c,
          offset + c,
          slope,
          scratch + c * 4,
          ((stride - c) >> 2) as i32,
        );
  }
  const weighted = rowsWithCopies(copies, count, pixels);
  writeCoefficients(scratch, factors, variance, weighted, channels, first, end, epsilon, dScale, dOffset);
}

/**
 * Gradient of batchNormForward by its input.
 *
 * @param dx Written; may be `dy`.
 * @param scratch As {@link batchNormSums} left it.
 */
export function batchNormBackward(
  dy: usize,
  x: usize,
  offset: usize,
  mean: usize,
  copies: usize,
  dx: usize,
  count: i32,
  pixels: i32,
  channels: i32,
  slope: f32,
  scratch: usize,
): void {
  const factors = factorsAfter(scratch, channels);
  if (!copies) {
    addInputGradients(dy, x, dx, count * pixels, channels, factors, mean, offset, slope, 1);
    return;
  }
  const image: usize = ((pixels * channels) as usize) << 2;
  for (let n = 0; n < count; n++, dy += image, x += image, dx += image) {
    const weight = load<f32>(copies + ((n as usize) << 2));
    addInputGradients(dy, x, dx, pixels, channels, factors, mean, offset, slope, weight);
  }
}

/** The number of rows, each image's counted as often as it has copies. */
export function rowsWithCopies(copies: usize, count: i32, pixels: i32): f64 {
  if (!copies) return (count * pixels) as f64;
  let rows: f64 = 0;
  for (let n = 0; n < count; n++) rows += load<f32>(copies + ((n as usize) << 2));
  return rows * (pixels as f64);
}

function addInputGradients(
  dy: usize,
  x: usize,
  dx: usize,
  rows: i32,
  channels: i32,
  factors: usize,
  mean: usize,
  offset: usize,
  slope: f32,
  weight: f32,
): void {
  const block = rowsOfBlock(channels);
  const stride: usize = (channels as usize) << 2;
  for (let r = 0; r < rows; r += block) {
    const at = (r as usize) * stride;
    for (let c: usize = 0; c < stride; c += 16)
      if (channels & 3)
        inputGradients<Part>(
          dy + at + c,
          x + at + c,
          dx + at + c,
          min(block, rows - r),
          stride,
          factors + c,
          channelBytes(channels),
          mean + c,
          offset + c,
          slope,
          weight,
          ((stride - c) >> 2) as i32,
        );
      else
        inputGradients<Whole>(
          dy + at + c,
          x + at + c,
          dx + at + c,
          min(block, rows - r),
          stride,
          factors + c,
          channelBytes(channels),
          mean + c,
          offset + c,
          slope,
          weight,
          ((stride - c) >> 2) as i32,
        );
  }
}

/** Where scale / sqrt(variance + epsilon) lies: after the sums. */
export function factorsAfter(scratch: usize, channels: i32): usize {
  return scratch + channelBytes(channels) * 4;
}

/**
 * Sets the sums at `scratch` to 0 (for each four channels: 4 float64 of g, then 4 of g (x - mean)),
 * writes {@link factorsAfter} them and returns where; of channels from `first` to `end`.
 */
export function clearSums(
  scale: usize,
  variance: usize,
  channels: i32,
  first: i32,
  end: i32,
  epsilon: f64,
  scratch: usize,
): usize {
  memory.fill(scratch + ((first as usize) << 4), 0, (((end - first + 3) & ~3) as usize) << 4);
  const factors = factorsAfter(scratch, channels);
  writeFactors(scale, variance, first, end, epsilon, factors);
  return factors;
}

/** Adds four channels' float32 sums to their float64 sums. */
export function addToSums(sums: usize, g: v128, gx: v128): void {
  addPair(sums, g);
  addPair(sums + 16, upperHalf(g));
  addPair(sums + 32, gx);
  addPair(sums + 48, upperHalf(gx));
}

function addPair(sums: usize, values: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(values)));
}

/**
 * From the sums: dScale, dOffset and, after `factors`, the two coefficients of
 * dx = factor g + slopes (x - mean) + constants.
 */
export function writeCoefficients(
  sums: usize,
  factors: usize,
  variance: usize,
  rows: f64,
  channels: i32,
  first: i32,
  end: i32,
  epsilon: f64,
  dScale: usize,
  dOffset: usize,
): void {
  const slopes = factors + channelBytes(channels);
  const constants = slopes + channelBytes(channels);
  for (let c = first; c < end; c++) {
    const at = (c as usize) << 2;
    const from = sums + ((c >> 2) as usize) * 64 + (((c & 3) as usize) << 3);
    const g = load<f64>(from);
    const inverse = 1 / Math.sqrt((load<f32>(variance + at) as f64) + epsilon);
    const gu = load<f64>(from, 32) * inverse;
    const factor = load<f32>(factors + at) as f64;
    store<f32>(dOffset + at, g as f32);
    store<f32>(dScale + at, gu as f32);
    store<f32>(slopes + at, ((-factor * inverse * gu) / rows) as f32);
    store<f32>(constants + at, ((-factor * g) / rows) as f32);
  }
}

/** dy where z is positive, dy times slope elsewhere; `away` is x - mean. */
function gated(dy: v128, away: v128, factor: v128, shift: v128, slope: v128): v128 {
  const z = multiplyAdd(away, factor, shift);
  return v128.bitselect(dy, f32x4.mul(dy, slope), f32x4.gt(z, f32x4.splat(0)));
}

function addGradients<L>(
  dy: usize,
  x: usize,
  rows: i32,
  stride: usize,
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
  let g0 = f32x4.splat(0);
  let g1 = g0;
  let x0 = g0;
  let x1 = g0;
  for (; rows >= 2; rows -= 2, x += 2 * stride, dy += 2 * stride) {
    const away0 = f32x4.sub(loadLanes<L>(x, present), center);
    const gate0 = gated(loadLanes<L>(dy, present), away0, factor, shift, s);
    g0 = f32x4.add(g0, gate0);
    x0 = multiplyAdd(gate0, away0, x0);
    const away1 = f32x4.sub(loadLanes<L>(x + stride, present), center);
    const gate1 = gated(loadLanes<L>(dy + stride, present), away1, factor, shift, s);
    g1 = f32x4.add(g1, gate1);
    x1 = multiplyAdd(gate1, away1, x1);
  }
  if (rows > 0) {
    const away0 = f32x4.sub(loadLanes<L>(x, present), center);
    const gate0 = gated(loadLanes<L>(dy, present), away0, factor, shift, s);
    g0 = f32x4.add(g0, gate0);
    x0 = multiplyAdd(gate0, away0, x0);
  }
  addToSums(sums, f32x4.add(g0, g1), f32x4.add(x0, x1));
}

function inputGradients<L>(
  dy: usize,
  x: usize,
  dx: usize,
  rows: i32,
  stride: usize,
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
  for (; rows > 0; rows--, x += stride, dy += stride, dx += stride) {
    const away = f32x4.sub(loadLanes<L>(x, present), center);
    const g = gated(loadLanes<L>(dy, present), away, factor, shift, s);
    storeLanes<L>(dx, multiplyAdd(factor, g, multiplyAdd(slopes, away, constants)), present);
  }
}
