import { packFilter } from "./filterPacking";
import { leakyRelu, multiplyAdd, storePart } from "./vector";

/** Floats of scratch memory that {@link convolutionPool} needs. */
export function convolutionPoolScratch(
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
): i32 {
  const packed = (filterHeight * filterWidth * channels + 1) * ((outChannels + 7) & ~7);
  return packed + (outHeight + filterHeight - 1) * (outWidth + filterWidth - 1) * channels;
}

/**
 * The largest values of 2 x 2 windows, stride 2, of a convolution of stride 1, plus bias, through
 * leaky ReLU; an odd last row or column is left out. Only they are written: a window is one tile.
 *
 * Each image gets its border of zeros first, which costs less than the edges would where there are
 * few channels. The numbers are those of the direct sum and then the pool, to the last bit: what the
 * border adds is products with 0.
 *
 * @param y Written: count x floor(outHeight / 2) x floor(outWidth / 2) x outChannels.
 * @param slope Of the leaky ReLU; positive, so that it keeps the order.
 * @param scratch {@link convolutionPoolScratch} floats.
 * @see convolutionForward for the other parameters; bias is needed here, and the strides are 1.
 */
export function convolutionPool(
  x: usize,
  filter: usize,
  bias: usize,
  y: usize,
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  slope: f32,
  scratch: usize,
): void {
  const taps = filterHeight * filterWidth * channels;
  const biases = scratch + (((taps * ((outChannels + 7) & ~7)) as usize) << 2);
  const image = biases + ((((outChannels + 7) & ~7) as usize) << 2);
  packFilter(filter, taps, outChannels, scratch);
  packFilter(bias, 1, outChannels, biases);
  const pixel: usize = (channels as usize) << 2;
  const row = ((outWidth + filterWidth - 1) as usize) * pixel;
  const outPixel: usize = (outChannels as usize) << 2;
  const outRow = ((outWidth >> 1) as usize) * outPixel;
  memory.fill(image, 0, ((outHeight + filterHeight - 1) as usize) * row);
  for (let n = 0; n < count; n++) {
    let inside = image + (top as usize) * row + (left as usize) * pixel;
    for (let i = 0; i < height; i++, inside += row, x += (width as usize) * pixel)
      memory.copy(inside, x, (width as usize) * pixel);
    for (let a = 0; a + 2 <= outHeight; a += 2, y += outRow)
      for (let k = 0, weights = scratch; k < outChannels; k += 8, weights += (taps as usize) << 5) {
        const channel: usize = (k as usize) << 2;
        let from = image + (a as usize) * row;
        for (let to = y + channel; to < y + outRow; to += outPixel, from += 2 * pixel)
          windowTile(
            from,
            pixel,
            row,
            weights,
            filterHeight,
            filterWidth * channels,
            biases + channel,
            slope,
            to,
            outChannels - k,
          );
      }
  }
}

/**
 * Eight output channels of a window: sums over `rows` runs of `length` consecutive input values for
 * each of its four pixels, plus bias, the largest of the four, through leaky ReLU.
 *
 * @param x First input value of the first pixel; `pixel` and `row` bytes to its neighbors.
 * @param weights Packed: 8 for each input value.
 * @param present Output channels to write, 8 if there are more.
 */
function windowTile(
  x: usize,
  pixel: usize,
  row: usize,
  weights: usize,
  rows: i32,
  length: i32,
  bias: usize,
  slope: f32,
  y: usize,
  present: i32,
): void {
  let a0 = v128.load(bias);
  let a1 = v128.load(bias, 16);
  let b0 = a0;
  let b1 = a1;
  let c0 = a0;
  let c1 = a1;
  let d0 = a0;
  let d1 = a1;
  for (; rows > 0; rows--, x += row) {
    let p0 = x;
    let p1 = x + pixel;
    let p2 = x + row;
    let p3 = p2 + pixel;
    const end = x + ((length as usize) << 2);
    do {
      const w0 = v128.load(weights);
      const w1 = v128.load(weights, 16);
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
      weights += 32;
    } while (p0 != end);
  }
  const s = f32x4.splat(slope);
  a0 = leakyRelu(f32x4.max(f32x4.max(a0, b0), f32x4.max(c0, d0)), s);
  a1 = leakyRelu(f32x4.max(f32x4.max(a1, b1), f32x4.max(c1, d1)), s);
  storePart(y, a0, present);
  storePart(y + 16, a1, present - 4);
}
