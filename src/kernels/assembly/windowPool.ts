import { loadPart, storePart } from "./vector";

// Pools over windows of any size, in three directions; a pool in two has one plane. Positions of
// padding do not take part. Sizes come as count, channels, then for each direction, outermost first:
// size, outputs, length, stride, padding before.

/** The compiled copies of the loop over all windows: what is done with four channels of a window. */
type Largest = i32;
type Mean = f32;
type LargestGradient = i64;
type MeanGradient = f64;

/** y = largest number of each window, as on tfjs's cpu backend: -Infinity if it has padding or NaN only. */
export function windowMaximum(
  x: usize,
  y: usize,
  count: i32,
  channels: i32,
  depth: i32,
  outDepth: i32,
  filterDepth: i32,
  strideDepth: i32,
  front: i32,
  height: i32,
  outHeight: i32,
  filterHeight: i32,
  strideHeight: i32,
  top: i32,
  width: i32,
  outWidth: i32,
  filterWidth: i32,
  strideWidth: i32,
  left: i32,
): void {
  eachWindow<Largest>(
    x,
    y,
    0,
    count,
    channels,
    depth,
    outDepth,
    filterDepth,
    strideDepth,
    front,
    height,
    outHeight,
    filterHeight,
    strideHeight,
    top,
    width,
    outWidth,
    filterWidth,
    strideWidth,
    left,
  );
}

/** y = mean of each window; 0 for a window of padding. */
export function windowMean(
  x: usize,
  y: usize,
  count: i32,
  channels: i32,
  depth: i32,
  outDepth: i32,
  filterDepth: i32,
  strideDepth: i32,
  front: i32,
  height: i32,
  outHeight: i32,
  filterHeight: i32,
  strideHeight: i32,
  top: i32,
  width: i32,
  outWidth: i32,
  filterWidth: i32,
  strideWidth: i32,
  left: i32,
): void {
  eachWindow<Mean>(
    x,
    y,
    0,
    count,
    channels,
    depth,
    outDepth,
    filterDepth,
    strideDepth,
    front,
    height,
    outHeight,
    filterHeight,
    strideHeight,
    top,
    width,
    outWidth,
    filterWidth,
    strideWidth,
    left,
  );
}

/** Gradient of {@link windowMaximum}: each window's goes to its first largest number. */
export function windowMaximumGradient(
  x: usize,
  dy: usize,
  dx: usize,
  count: i32,
  channels: i32,
  depth: i32,
  outDepth: i32,
  filterDepth: i32,
  strideDepth: i32,
  front: i32,
  height: i32,
  outHeight: i32,
  filterHeight: i32,
  strideHeight: i32,
  top: i32,
  width: i32,
  outWidth: i32,
  filterWidth: i32,
  strideWidth: i32,
  left: i32,
): void {
  eachWindow<LargestGradient>(
    x,
    dy,
    dx,
    count,
    channels,
    depth,
    outDepth,
    filterDepth,
    strideDepth,
    front,
    height,
    outHeight,
    filterHeight,
    strideHeight,
    top,
    width,
    outWidth,
    filterWidth,
    strideWidth,
    left,
  );
}

/** Gradient of {@link windowMean}: each window's in equal parts to its positions. */
export function windowMeanGradient(
  dy: usize,
  dx: usize,
  count: i32,
  channels: i32,
  depth: i32,
  outDepth: i32,
  filterDepth: i32,
  strideDepth: i32,
  front: i32,
  height: i32,
  outHeight: i32,
  filterHeight: i32,
  strideHeight: i32,
  top: i32,
  width: i32,
  outWidth: i32,
  filterWidth: i32,
  strideWidth: i32,
  left: i32,
): void {
  eachWindow<MeanGradient>(
    0,
    dy,
    dx,
    count,
    channels,
    depth,
    outDepth,
    filterDepth,
    strideDepth,
    front,
    height,
    outHeight,
    filterHeight,
    strideHeight,
    top,
    width,
    outWidth,
    filterWidth,
    strideWidth,
    left,
  );
}

/**
 * Visits all windows, four channels at a time.
 *
 * @param x The input, of the kinds that read it.
 * @param y The outputs, or of a gradient those of dy.
 * @param dx Of a gradient, set to zero first.
 */
function eachWindow<Kind>(
  x: usize,
  y: usize,
  dx: usize,
  count: i32,
  channels: i32,
  depth: i32,
  outDepth: i32,
  filterDepth: i32,
  strideDepth: i32,
  front: i32,
  height: i32,
  outHeight: i32,
  filterHeight: i32,
  strideHeight: i32,
  top: i32,
  width: i32,
  outWidth: i32,
  filterWidth: i32,
  strideWidth: i32,
  left: i32,
): void {
  const pixel: usize = (channels as usize) << 2;
  const image = ((depth * height * width) as usize) * pixel;
  if (sizeof<Kind>() == 8) memory.fill(dx, 0, (count as usize) * image);
  for (let n = 0; n < count; n++, x += image, dx += image)
    for (let o = 0; o < outDepth; o++) {
      const d0 = max(0, o * strideDepth - front);
      const d1 = min(depth, o * strideDepth - front + filterDepth);
      for (let a = 0; a < outHeight; a++) {
        const h0 = max(0, a * strideHeight - top);
        const h1 = min(height, a * strideHeight - top + filterHeight);
        for (let b = 0; b < outWidth; b++, y += pixel) {
          const w0 = max(0, b * strideWidth - left);
          const w1 = min(width, b * strideWidth - left + filterWidth);
          for (let c: usize = 0; c < pixel; c += 16) {
            const present = ((pixel - c) >> 2) as i32;
            if (isInteger<Kind>())
              visitLargest<Kind>(x + c, y + c, dx + c, pixel, present, d0, d1, height, h0, h1, width, w0, w1);
            else visitMean<Kind>(x + c, y + c, dx + c, pixel, present, d0, d1, height, h0, h1, width, w0, w1);
          }
        }
      }
    }
}

function visitLargest<Kind>(
  x: usize,
  y: usize,
  dx: usize,
  pixel: usize,
  present: i32,
  d0: i32,
  d1: i32,
  height: i32,
  h0: i32,
  h1: i32,
  width: i32,
  w0: i32,
  w1: i32,
): void {
  let largest = f32x4.splat(-Infinity);
  let where = i32x4.splat(-1);
  for (let d = d0; d < d1; d++)
    for (let h = h0; h < h1; h++) {
      const position = (d * height + h) * width;
      let at = x + ((position + w0) as usize) * pixel;
      for (let w = w0; w < w1; w++, at += pixel) {
        const value = loadPart(at, present);
        if (sizeof<Kind>() == 4) largest = f32x4.pmax(largest, value);
        else {
          const isFirst = v128.and(i32x4.lt_s(where, i32x4.splat(0)), f32x4.eq(value, largest));
          const takes = v128.or(f32x4.gt(value, largest), isFirst);
          largest = v128.bitselect(value, largest, takes);
          where = v128.bitselect(i32x4.splat(position + w), where, takes);
        }
      }
    }
  if (sizeof<Kind>() == 4) {
    storePart(y, largest, present);
    return;
  }
  add(dx, pixel, i32x4.extract_lane(where, 0), y, present > 0);
  add(dx + 4, pixel, i32x4.extract_lane(where, 1), y + 4, present > 1);
  add(dx + 8, pixel, i32x4.extract_lane(where, 2), y + 8, present > 2);
  add(dx + 12, pixel, i32x4.extract_lane(where, 3), y + 12, present > 3);
}

function add(dx: usize, pixel: usize, where: i32, dy: usize, isPresent: bool): void {
  if (!isPresent || where < 0) return;
  const at = dx + (where as usize) * pixel;
  store<f32>(at, load<f32>(at) + load<f32>(dy));
}

function visitMean<Kind>(
  x: usize,
  y: usize,
  dx: usize,
  pixel: usize,
  present: i32,
  d0: i32,
  d1: i32,
  height: i32,
  h0: i32,
  h1: i32,
  width: i32,
  w0: i32,
  w1: i32,
): void {
  const size = max(0, d1 - d0) * max(0, h1 - h0) * max(0, w1 - w0);
  const from = sizeof<Kind>() == 4 ? x : dx;
  let sum = f32x4.splat(0);
  if (sizeof<Kind>() == 8) sum = f32x4.div(loadPart(y, present), f32x4.splat(size as f32));
  for (let d = d0; d < d1; d++)
    for (let h = h0; h < h1; h++) {
      let at = from + (((d * height + h) * width + w0) as usize) * pixel;
      for (let w = w0; w < w1; w++, at += pixel)
        if (sizeof<Kind>() == 4) sum = f32x4.add(sum, loadPart(at, present));
        else storePart(at, f32x4.add(loadPart(at, present), sum), present);
    }
  if (sizeof<Kind>() == 4) storePart(y, f32x4.div(sum, f32x4.splat(max(1, size) as f32)), present);
}
