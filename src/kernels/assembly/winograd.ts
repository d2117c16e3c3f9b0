import { pixelTile } from "./pixelTile";
import {
  LARGE_MEMORY,
  transformLargeFilter,
  transformLargePixels,
  transformLargeProducts,
} from "./winogradLargeTransforms";
import { planeOf, transformFilter, transformPixels, transformProducts } from "./winogradTransforms";

/** Tiles that are transformed together: their values stay in L2 while every filter meets them. */
const TILES: i32 = 32;

/**
 * Side of the square of outputs that Winograd's algorithm computes at once, 0 where the direct sum
 * is faster: 2 is F(2 x 2, 3 x 3), in 16 multiplications instead of 36; 4 is F(4 x 4, 3 x 3), in 36
 * instead of 144. Either needs stride 1, a 3 x 3 filter, whole vectors of channels, so many of them
 * that the transforms do not count, and few outputs of its tiles outside.
 *
 * The transforms of 2 only add, subtract and halve. Either loses less than a digit of float32.
 *
 * @see Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, CVPR 2016, arXiv 1509.09308
 */
export function winogradSide(
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
  if ((strideHeight | strideWidth) != 1) return 0;
  if (filterHeight != 3 || filterWidth != 3 || (channels | outChannels) & 7) return 0;
  const fewest = min(channels, outChannels);
  if (fewest < 16) return 0;
  const direct = tapsInside(height, top, outHeight) * tapsInside(width, left, outWidth);
  const small = pointsOf(2) * tilesOf(2, outHeight, outWidth);
  const large = pointsOf(4) * tilesOf(4, outHeight, outWidth);
  // Measured: multiplications of the direct sum cost 3/5 of those between transforms.
  if (50 * large <= (fewest < 32 ? 7 : 8) * min(5 * small, 3 * direct)) return 4;
  return 5 * small <= 3 * direct ? 2 : 0;
}

/** Values of a transformed tile. */
export function pointsOf(side: i32): i32 {
  return (side + 2) * (side + 2);
}

/** Tiles of an image. */
export function tilesOf(side: i32, outHeight: i32, outWidth: i32): i32 {
  return ((outHeight + side - 1) / side) * ((outWidth + side - 1) / side);
}

/** Pairs of one of `out` positions and one of three taps that meet an input. */
function tapsInside(size: i32, before: i32, out: i32): i32 {
  let taps = 0;
  for (let i = -before; i < 3 - before; i++) taps += max(0, min(out, size - i) - max(0, -i));
  return taps;
}

/** Floats of scratch memory that {@link winogradConvolve} needs. */
export function winogradScratch(side: i32, channels: i32, outChannels: i32): i32 {
  const points = pointsOf(side);
  const planes = points * (planeOf(TILES, channels) + planeOf(TILES, outChannels));
  return (9 + points) * channels * outChannels + planes + points * channels + LARGE_MEMORY;
}

/**
 * The convolution, plus bias, through leaky ReLU, where {@link winogradSide} is not 0.
 *
 * @param scratch {@link winogradScratch} floats, at their beginning the packed filter.
 */
export function winogradConvolve(
  side: i32,
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
  const points = pointsOf(side);
  const filters = scratch + (((9 * channels * outChannels) as usize) << 2);
  const pixels = filters + (((points * channels * outChannels) as usize) << 2);
  const pixelPlane = (planeOf(TILES, channels) as usize) << 2;
  const products = pixels + (points as usize) * pixelPlane;
  const productPlane = (planeOf(TILES, outChannels) as usize) << 2;
  const memory = products + (points as usize) * productPlane;
  const patch = memory + ((LARGE_MEMORY as usize) << 2);
  if (side == 2) transformFilter(scratch, filters, channels, outChannels >> 3);
  else transformLargeFilter(scratch, filters, channels, outChannels >> 3, memory);
  const outPixel: usize = (outChannels as usize) << 2;
  const tileBytes: usize = (channels as usize) << 2;
  const columns = (outWidth + side - 1) / side;
  const ofImage = tilesOf(side, outHeight, outWidth);
  const tiles = count * ofImage;
  for (let first = 0; first < tiles; first += TILES) {
    const some = min(TILES, tiles - first);
    for (let t = 0; t < some; t++) {
      const inImage = (first + t) % ofImage;
      const image = x + (((((first + t) / ofImage) * height * width * channels) as usize) << 2);
      transformPatch(
        side,
        image,
        height,
        width,
        channels,
        side * (inImage / columns) - top,
        side * (inImage % columns) - left,
        patch,
        pixels + (t as usize) * tileBytes,
        pixelPlane,
        16,
        memory,
      );
    }
    multiply(points, pixels, pixelPlane, filters, products, productPlane, some, channels, outChannels);
    for (let t = 0; t < some; t++) {
      const inImage = (first + t) % ofImage;
      const row = side * (inImage / columns);
      const column = side * (inImage % columns);
      const at = (((first + t) / ofImage) * outHeight + row) * outWidth + column;
      const from = products + (t as usize) * outPixel;
      const to = y + (at as usize) * outPixel;
      const wide = min(side, outWidth - column);
      const high = min(side, outHeight - row);
      const toRow = (outWidth as usize) * outPixel;
      if (side == 2)
        transformProducts(from, productPlane, bias, slope, to, outPixel, toRow, wide == 2, high == 2, outChannels);
      else
        transformLargeProducts(from, productPlane, bias, slope, to, outPixel, toRow, wide, high, outChannels, memory);
    }
  }
}

/** The products of the transformed tiles and filters: for each point a matrix product, tiles x channels. */
function multiply(
  points: i32,
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
  for (let point = 0; point < points; point++) {
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
 * Transforms the pixels of a tile of outputs, from (row, column) of an image; those outside count as 0.
 *
 * @param patch Memory for as many pixels as {@link pointsOf}.
 * @param to,plane,block As of {@link transformPixels}.
 * @param memory LARGE_MEMORY floats.
 */
export function transformPatch(
  side: i32,
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
  memory: usize,
): void {
  const pixel: usize = (channels as usize) << 2;
  const size = side + 2;
  let from = image + ((row * width + column) as usize) * pixel;
  let rowBytes = (width as usize) * pixel;
  if (row < 0 || column < 0 || row + size > height || column + size > width) {
    copyPatch(image, height, width, pixel, row, column, size, patch);
    from = patch;
    rowBytes = (size as usize) * pixel;
  }
  if (side == 2) transformPixels(from, pixel, rowBytes, to, plane, block, channels);
  else transformLargePixels(from, pixel, rowBytes, to, plane, block, channels, memory);
}

/** Copies size x size pixels from (row, column) of an image, 0 for those outside. */
export function copyPatch(
  image: usize,
  height: i32,
  width: i32,
  pixel: usize,
  row: i32,
  column: i32,
  size: i32,
  patch: usize,
): void {
  for (let i = row; i < row + size; i++)
    for (let j = column; j < column + size; j++, patch += pixel)
      if (i >= 0 && i < height && j >= 0 && j < width)
        copyPixel(image + ((i * width + j) as usize) * pixel, patch, pixel);
      else clearPixel(patch, pixel);
}

// The instructions for bulk memory call a function, which costs more than so few bytes do.

function copyPixel(from: usize, to: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, v128.load(from + i));
}

function clearPixel(to: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, f32x4.splat(0));
}
