import { channelMoments, momentsSize, rowsOfBlock } from "./moments";
import { leakyRelu, loadPart, multiplyAdd, storePart } from "./vector";

/** Floats of scratch memory that every batch norm kernel needs. */
export function batchNormScratch(channels: i32): i32 {
  return ((channels + 3) & ~3) * 7;
}

/** Bytes of one float32 a channel, rounded up to whole vectors. */
export function channelBytes(channels: i32): usize {
  return ((channels + 3) & ~3) << 2;
}

/**
 * Mean and population variance of each channel over the batch.
 *
 * @param x count x pixels x channels.
 * @param copies How often each image counts: count floats; or 0 for once.
 * @param mean,variance Written: a channel each.
 * @param first,end The channels that are computed, from a multiple of 4: threads share the others.
 * @param scratch {@link batchNormScratch} floats, the same ones for all threads.
 */
export function batchMoments(
  x: usize,
  copies: usize,
  mean: usize,
  variance: usize,
  count: i32,
  pixels: i32,
  channels: i32,
  first: i32,
  end: i32,
  scratch: usize,
): void {
  const rows = channelMoments(x, copies, count, pixels, channels, first, end, scratch);
  const squares = scratch + momentsSize(channels) / 2;
  for (let c = first; c < end; c++) {
    const at = (c as usize) << 2;
    store<f32>(mean + at, load<f64>(scratch + at * 2) as f32);
    store<f32>(variance + at, (load<f64>(squares + at * 2) / rows) as f32);
  }
}

/**
 * Batch normalization by {@link batchMoments}, then leaky ReLU:
 * y = leakyRelu(scale (x - mean) / sqrt(variance + epsilon) + offset).
 *
 * @param x count x pixels x channels.
 * @param y Written; may be `x`.
 * @param scratch {@link batchNormScratch} floats.
 */
export function batchNormForward(
  x: usize,
  scale: usize,
  offset: usize,
  mean: usize,
  variance: usize,
  y: usize,
  count: i32,
  pixels: i32,
  channels: i32,
  epsilon: f64,
  slope: f32,
  scratch: usize,
): void {
  writeFactors(scale, variance, 0, channels, epsilon, scratch);
  const rows = count * pixels;
  const block = rowsOfBlock(channels);
  const stride: usize = (channels as usize) << 2;
  for (let r = 0; r < rows; r += block) {
    const some = min(block, rows - r);
    for (let c: usize = 0; c < stride; c += 4 * 4)
      normalize(x + c, y + c, some, stride, scratch + c, mean + c, offset + c, slope, ((stride - c) >> 2) as i32);
    x += (some as usize) * stride;
    y += (some as usize) * stride;
  }
}

/** factors = scale / sqrt(variance + epsilon), of channels from `first` to `end`. */
export function writeFactors(scale: usize, variance: usize, first: i32, end: i32, epsilon: f64, factors: usize): void {
  for (let at = (first as usize) << 2; at < (end as usize) << 2; at += 4)
    store<f32>(
      factors + at,
      ((load<f32>(scale + at) as f64) / Math.sqrt((load<f32>(variance + at) as f64) + epsilon)) as f32,
    );
}

function normalize(
  x: usize,
  y: usize,
  rows: i32,
  stride: usize,
  factors: usize,
  mean: usize,
  offset: usize,
  slope: f32,
  present: i32,
): void {
  const factor = v128.load(factors);
  const center = loadPart(mean, present);
  const shift = loadPart(offset, present);
  const s = f32x4.splat(slope);
  if (present >= 4)
    for (; rows > 0; rows--, x += stride, y += stride) {
      const z = multiplyAdd(f32x4.sub(v128.load(x), center), factor, shift);
      v128.store(y, leakyRelu(z, s));
    }
  else
    for (; rows > 0; rows--, x += stride, y += stride) {
      const z = multiplyAdd(f32x4.sub(loadPart(x, present), center), factor, shift);
      storePart(y, leakyRelu(z, s), present);
    }
}
