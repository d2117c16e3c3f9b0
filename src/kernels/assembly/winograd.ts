import { pixelTile } from "./pixelTile";
import { planeOf, POINTS, transformFilter, transformPixels, transformProducts } from "./winogradTransforms";

/** Tiles that are transformed together: their values stay in L2 while every filter meets them. */
const TILES: i32 = 32;

/**
 * Whether a filter fits Winograd's F(2 x 2, 3 x 3), which computes 2 x 2 outputs of a convolution
 * of stride 1 in 16 multiplications instead of 36. That needs a 3 x 3 filter, whole vectors of
 * channels, and so many of them that the transforms do not count.
 *
 * The transforms only add, subtract and halve, so that float32 loses less than a digit.
 *
 * @see Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, CVPR 2016, arXiv 1509.09308
 */
export function isWinogradFilter(filterHeight: i32, filterWidth: i32, channels: i32, outChannels: i32): bool {
  if (filterHeight != 3 || filterWidth != 3) return false;
  return channels >= 16 && outChannels >= 16 && !(channels & 7) && !(outChannels & 7);
}

/** Whether few outputs of the tiles lie outside, so that {@link isWinogradFilter} pays. */
export function isWinogradSize(height: i32, width: i32, top: i32, left: i32, outHeight: i32, outWidth: i32): bool {
  const tiles = ((outHeight + 1) >> 1) * ((outWidth + 1) >> 1);
  const direct = tapsInside(height, top, outHeight) * tapsInside(width, left, outWidth);
  return 5 * POINTS * tiles <= 3 * direct;
}

/** Pairs of one of `out` positions and one of three taps that meet an input. */
function tapsInside(size: i32, before: i32, out: i32): i32 {
  let taps = 0;
  for (let i = -before; i < 3 - before; i++) taps += max(0, min(out, size - i) - max(0, -i));
  return taps;
}

/** Floats of scratch memory that {@link winogradConvolve} needs. */
export function winogradScratch(channels: i32, outChannels: i32): i32 {
  return (
    (9 + POINTS) * channels * outChannels + POINTS * (planeOf(TILES, channels) + planeOf(TILES, outChannels) + channels)
  );
}

/**
 * The convolution, plus bias, through leaky ReLU, where {@link isWinogradFilter} and {@link isWinogradSize}.
 *
 * @param scratch {@link winogradScratch} floats, at their beginning the packed filter.
 */
export function winogradConvolve(
  x: usize,
  bias: usize,
  y: usize,
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
  outChannels: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  slope: f32,
  scratch: usize,
): void {
  const filters = scratch + (((9 * channels * outChannels) as usize) << 2);
  const pixels = filters + (((POINTS * channels * outChannels) as usize) << 2);
  const pixelPlane = (planeOf(TILES, channels) as usize) << 2;
  const products = pixels + (POINTS as usize) * pixelPlane;
  const productPlane = (planeOf(TILES, outChannels) as usize) << 2;
  const patch = products + (POINTS as usize) * productPlane;
  transformFilter(scratch, filters, channels, outChannels >> 3);
  const outPixel: usize = (outChannels as usize) << 2;
  const tileBytes: usize = (channels as usize) << 2;
  const columns = (outWidth + 1) >> 1;
  const ofImage = ((outHeight + 1) >> 1) * columns;
  const tiles = count * ofImage;
  for (let first = 0; first < tiles; first += TILES) {
    const some = min(TILES, tiles - first);
    for (let t = 0; t < some; t++) {
      const inImage = (first + t) % ofImage;
      const image = x + (((((first + t) / ofImage) * height * width * channels) as usize) << 2);
      transformPatch(
        image,
        height,
        width,
        channels,
        2 * (inImage / columns) - top,
        2 * (inImage % columns) - left,
        patch,
        pixels + (t as usize) * tileBytes,
        pixelPlane,
        16,
      );
    }
    multiply(pixels, pixelPlane, filters, products, productPlane, some, channels, outChannels);
    for (let t = 0; t < some; t++) {
      const inImage = (first + t) % ofImage;
      const row = 2 * (inImage / columns);
      const column = 2 * (inImage % columns);
      const at = (((first + t) / ofImage) * outHeight + row) * outWidth + column;
      transformProducts(
        products + (t as usize) * outPixel,
        productPlane,
        bias,
        slope,
        y + (at as usize) * outPixel,
        outPixel,
        (outWidth as usize) * outPixel,
        column + 1 < outWidth,
        row + 1 < outHeight,
        outChannels,
      );
    }
  }
}

/** The products of the transformed tiles and filters: 16 matrix products, tiles x channels each. */
function multiply(
  pixels: usize,
  pixelPlane: usize,
  filters: usize,
  products: usize,
  productPlane: usize,
  tiles: i32,
  channels: i32,
  outChannels: i32,
): void {
  const pixel: usize = (channels as usize) << 2;
  const product: usize = (outChannels as usize) << 2;
  for (let point = 0; point < POINTS; point++) {
    for (let k: usize = 0; k < product; k += 32, filters += pixel << 3)
      // Tiles that are not there are computed too, from whatever lies there, and never read.
      for (let t = 0; t < tiles; t += 4)
        pixelTile(
          pixels + (t as usize) * pixel,
          pixel,
          2 * pixel,
          3 * pixel,
          0,
          filters,
          0,
          1,
          channels,
          0,
          1,
          products + (t as usize) * product + k,
          product,
          2 * product,
          3 * product,
          8,
        );
    pixels += pixelPlane;
    products += productPlane;
  }
}

/**
 * Transforms the 4 x 4 pixels from (row, column) of an image; those outside of it count as 0.
 *
 * @param patch Memory for 16 pixels.
 * @param to,plane,block As of {@link transformPixels}.
 */
export function transformPatch(
  image: usize,
  height: i32,
  width: i32,
  channels: i32,
  row: i32,
  column: i32,
  patch: usize,
  to: usize,
  plane: usize,
  block: usize,
): void {
  const pixel: usize = (channels as usize) << 2;
  if (row >= 0 && column >= 0 && row + 4 <= height && column + 4 <= width) {
    const from = image + ((row * width + column) as usize) * pixel;
    transformPixels(from, pixel, (width as usize) * pixel, to, plane, block, channels);
    return;
  }
  for (let i = row, at = patch; i < row + 4; i++)
    for (let j = column; j < column + 4; j++, at += pixel)
      if (i >= 0 && i < height && j >= 0 && j < width) copyPixel(image + ((i * width + j) as usize) * pixel, at, pixel);
      else clearPixel(at, pixel);
  transformPixels(patch, pixel, 4 * pixel, to, plane, block, channels);
}

// The instructions for bulk memory call a function, which costs more than so few bytes do.

function copyPixel(from: usize, to: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, v128.load(from + i));
}

function clearPixel(to: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, f32x4.splat(0));
}
