import { outerProductTile } from "./outerProductTile";
import { copyPatch, pointsOf, tilesOf, transformPatch } from "./winograd";
import { LARGE_MEMORY, transformLargeGradient, transformLargeSums } from "./winogradLargeTransforms";
import { planeOf } from "./winogradTransforms";

/**
 * Tiles that are transformed together: enough to pay for reading and writing the sums, and of the
 * large ones few enough for L2.
 */
function tilesAtOnce(side: i32): i32 {
  return side == 2 ? 128 : 32;
}

/** Floats of scratch memory that {@link winogradFilterGradient} needs. */
export function winogradFilterGradientScratch(side: i32, channels: i32, outChannels: i32): i32 {
  const together = tilesAtOnce(side);
  const planes = planeOf(together, channels) + planeOf(together, outChannels);
  return pointsOf(side) * (channels * outChannels + planes + max(channels, outChannels)) + LARGE_MEMORY;
}

/**
 * `convolutionFilterGradient`, where `winogradSide` is not 0: F(3 x 3, 2 x 2) or F(3 x 3, 4 x 4), the
 * correlation of pixels of x with side x side of dy, as sums over all tiles of the products of
 * their transforms, transformed back once. Within {@link tilesAtOnce} tiles float32 sums in their
 * order, then over these.
 *
 * @param scratch {@link winogradFilterGradientScratch} floats.
 */
export function winogradFilterGradient(
  side: i32,
  x: usize,
  dy: usize,
  dFilter: usize,
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
  outChannels: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  firstBlock: i32,
  endBlock: i32,
  scratch: usize,
): void {
  const points = pointsOf(side);
  const sumBytes = ((points * channels * outChannels) as usize) << 2;
  const pixels = scratch + sumBytes;
  const together = tilesAtOnce(side);
  const pixelPlane = (planeOf(together, channels) as usize) << 2;
  const gradients = pixels + (points as usize) * pixelPlane;
  const gradientPlane = (planeOf(together, outChannels) as usize) << 2;
  const between = gradients + (points as usize) * gradientPlane;
  const patch = between + ((LARGE_MEMORY as usize) << 2);
  const xBlock: usize = (together as usize) << 4;
  memory.fill(scratch, 0, sumBytes);
  const columns = (outWidth + side - 1) / side;
  const ofImage = tilesOf(side, outHeight, outWidth);
  const tiles = count * ofImage;
  for (let first = 0; first < tiles; first += together) {
    const some = min(together, tiles - first);
    for (let t = 0; t < some; t++) {
      const image = (first + t) / ofImage;
      const inImage = (first + t) % ofImage;
      const row = side * (inImage / columns);
      const column = side * (inImage % columns);
      const at = (t as usize) << 4;
      transformPatch(
        side,
        x + (((image * height * width * channels) as usize) << 2),
        height,
        width,
        channels,
        row - top,
        column - left,
        patch,
        pixels + at,
        pixelPlane,
        xBlock,
        between,
      );
      transformGradientPatch(
        side,
        dy + (((image * outHeight * outWidth * outChannels) as usize) << 2),
        outHeight,
        outWidth,
        outChannels,
        row,
        column,
        patch,
        gradients + 2 * at,
        gradientPlane,
        2 * xBlock,
        firstBlock,
        endBlock,
        between,
      );
    }
    addProducts(
      points,
      pixels,
      pixelPlane,
      gradients,
      gradientPlane,
      scratch,
      some,
      xBlock,
      channels,
      outChannels,
      firstBlock,
      endBlock,
    );
  }
  transformSums(side, scratch, dFilter, channels, outChannels, firstBlock, endBlock, between);
}

/** Transforms side x side pixels from (row, column) of dy; those outside count as 0. */
function transformGradientPatch(
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
  firstBlock: i32,
  endBlock: i32,
  memory: usize,
): void {
  const pixel: usize = (channels as usize) << 2;
  let rowBytes = (width as usize) * pixel;
  let from = image + ((row * width + column) as usize) * pixel;
  if (side == 2) {
    transformGradient(
      from + ((firstBlock as usize) << 5),
      pixel,
      rowBytes,
      column + 1 < width,
      row + 1 < height,
      to + (firstBlock as usize) * block,
      plane,
      block,
      (endBlock - firstBlock) << 3,
    );
    return;
  }
  if (row + 4 > height || column + 4 > width) {
    copyPatch(image, height, width, pixel, row, column, 4, patch);
    from = patch;
    rowBytes = 4 * pixel;
  }
  transformLargeGradient(
    from + ((firstBlock as usize) << 5),
    pixel,
    rowBytes,
    to + (firstBlock as usize) * block,
    plane,
    block,
    (endBlock - firstBlock) << 3,
    memory,
  );
}

/**
 * Transforms 2 x 2 pixels d of some channels to G d G', G = [1 0; 1/2 1/2; 1/2 -1/2; 0 1], stored in
 * blocks of 8 channels, `block` bytes each.
 */
function transformGradient(
  from: usize,
  pixel: usize,
  row: usize,
  isWide: bool,
  isHigh: bool,
  to: usize,
  plane: usize,
  block: usize,
  channels: i32,
): void {
  const zero = f32x4.splat(0);
  for (let k = 0; k < channels; k += 4, from += 16) {
    const a = v128.load(from);
    const b = isWide ? v128.load(from + pixel) : zero;
    const c = isHigh ? v128.load(from + row) : zero;
    const d = isWide && isHigh ? v128.load(from + row + pixel) : zero;
    const at = to + ((k >> 3) as usize) * block + ((k & 4) << 2);
    storeRow(at, plane, a, b);
    storeRow(at + 4 * plane, plane, half(f32x4.add(a, c)), half(f32x4.add(b, d)));
    storeRow(at + 8 * plane, plane, half(f32x4.sub(a, c)), half(f32x4.sub(b, d)));
    storeRow(at + 12 * plane, plane, c, d);
  }
}

function storeRow(to: usize, plane: usize, a: v128, b: v128): void {
  v128.store(to, a);
  v128.store(to + plane, half(f32x4.add(a, b)));
  v128.store(to + 2 * plane, half(f32x4.sub(a, b)));
  v128.store(to + 3 * plane, b);
}

function half(a: v128): v128 {
  return f32x4.mul(f32x4.splat(0.5), a);
}

/** Adds to sums, points x outChannels / 8 x channels / 4 x 4 x 8, the tiles' products. */
function addProducts(
  points: i32,
  pixels: usize,
  pixelPlane: usize,
  gradients: usize,
  gradientPlane: usize,
  sums: usize,
  tiles: i32,
  xBlock: usize,
  channels: i32,
  outChannels: i32,
  firstBlock: i32,
  endBlock: i32,
): void {
  const cBlocks = (channels >> 2) as usize;
  const kBlocks = (outChannels >> 3) as usize;
  for (let point = 0; point < points; point++) {
    for (let k: usize = firstBlock; k < (endBlock as usize); k++)
      for (let c: usize = 0; c < cBlocks; c++)
        outerProductTile(
          sums + ((k * cBlocks + c) << 7),
          pixels + c * xBlock,
          gradients + 2 * k * xBlock,
          1,
          tiles,
          0,
          0,
        );
    sums += (cBlocks * kBlocks) << 7;
    pixels += pixelPlane;
    gradients += gradientPlane;
  }
}

/** Transforms the sums m back to A' m A, A' = [1 1 1 0; 0 1 -1 0; 0 1 1 -1]. */
function transformSums(
  side: i32,
  sums: usize,
  dFilter: usize,
  channels: i32,
  outChannels: i32,
  firstBlock: i32,
  endBlock: i32,
  memory: usize,
): void {
  const plane = ((channels * outChannels) as usize) << 2;
  const tap = plane;
  for (let c = 0; c < channels; c++)
    for (let k = firstBlock << 3; k < endBlock << 3; k += 4) {
      const block = (k >> 3) * (channels >> 2) + (c >> 2);
      const from = sums + ((block as usize) << 7) + (((c & 3) as usize) << 5) + ((k & 4) << 2);
      const to = dFilter + (((c * outChannels + k) as usize) << 2);
      if (side == 4) {
        transformLargeSums(from, plane, to, tap, memory);
        continue;
      }
      for (let i: usize = 0; i < 3; i++) {
        const m0 = columnSum(from, plane, i);
        const m1 = columnSum(from + plane, plane, i);
        const m2 = columnSum(from + 2 * plane, plane, i);
        const m3 = columnSum(from + 3 * plane, plane, i);
        const at = to + 3 * i * tap;
        v128.store(at, f32x4.add(f32x4.add(m0, m1), m2));
        v128.store(at + tap, f32x4.sub(m1, m2));
        v128.store(at + 2 * tap, f32x4.sub(f32x4.add(m1, m2), m3));
      }
    }
}

/** Row i of A' applied to a column of sums. */
function columnSum(at: usize, plane: usize, i: usize): v128 {
  const m1 = v128.load(at + 4 * plane);
  const m2 = v128.load(at + 8 * plane);
  if (i == 1) return f32x4.sub(m1, m2);
  const sum = f32x4.add(m1, m2);
  if (i == 0) return f32x4.add(sum, v128.load(at));
  return f32x4.sub(sum, v128.load(at + 12 * plane));
}
