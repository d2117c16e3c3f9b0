import { loadPart, storePart } from "./vector";

// Pools over windows of any size, in three directions; a pool in two has one plane. Positions of
// padding do not take part. Sizes come as count, channels, then for each direction, outermost first:
// size, outputs, length, stride, padding before.

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
  const pixel: usize = (channels as usize) << 2;
  for (let n = 0; n < count; n++, x += ((depth * height * width) as usize) * pixel)
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
            let largest = f32x4.splat(-Infinity);
            for (let d = d0; d < d1; d++)
              for (let h = h0; h < h1; h++) {
                let at = x + (((d * height + h) * width + w0) as usize) * pixel + c;
                for (let w = w0; w < w1; w++, at += pixel) largest = f32x4.pmax(largest, loadPart(at, present));
              }
            storePart(y + c, largest, present);
          }
        }
      }
    }
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
  const pixel: usize = (channels as usize) << 2;
  for (let n = 0; n < count; n++, x += ((depth * height * width) as usize) * pixel)
    for (let o = 0; o < outDepth; o++) {
      const d0 = max(0, o * strideDepth - front);
      const d1 = min(depth, o * strideDepth - front + filterDepth);
      for (let a = 0; a < outHeight; a++) {
        const h0 = max(0, a * strideHeight - top);
        const h1 = min(height, a * strideHeight - top + filterHeight);
        for (let b = 0; b < outWidth; b++, y += pixel) {
          const w0 = max(0, b * strideWidth - left);
          const w1 = min(width, b * strideWidth - left + filterWidth);
          const size = max(0, d1 - d0) * max(0, h1 - h0) * max(0, w1 - w0);
          for (let c: usize = 0; c < pixel; c += 16) {
            const present = ((pixel - c) >> 2) as i32;
            let sum = f32x4.splat(0);
            for (let d = d0; d < d1; d++)
              for (let h = h0; h < h1; h++) {
                let at = x + (((d * height + h) * width + w0) as usize) * pixel + c;
                for (let w = w0; w < w1; w++, at += pixel) sum = f32x4.add(sum, loadPart(at, present));
              }
            storePart(y + c, f32x4.div(sum, f32x4.splat(max(1, size) as f32)), present);
          }
        }
      }
    }
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
  const pixel: usize = (channels as usize) << 2;
  const image = ((depth * height * width) as usize) * pixel;
  memory.fill(dx, 0, (count as usize) * image);
  for (let n = 0; n < count; n++, x += image, dx += image)
    for (let o = 0; o < outDepth; o++) {
      const d0 = max(0, o * strideDepth - front);
      const d1 = min(depth, o * strideDepth - front + filterDepth);
      for (let a = 0; a < outHeight; a++) {
        const h0 = max(0, a * strideHeight - top);
        const h1 = min(height, a * strideHeight - top + filterHeight);
        for (let b = 0; b < outWidth; b++, dy += pixel) {
          const w0 = max(0, b * strideWidth - left);
          const w1 = min(width, b * strideWidth - left + filterWidth);
          for (let c: usize = 0; c < pixel; c += 16) {
            const present = ((pixel - c) >> 2) as i32;
            let largest = f32x4.splat(-Infinity);
            let where = i32x4.splat(-1);
            for (let d = d0; d < d1; d++)
              for (let h = h0; h < h1; h++) {
                const position = (d * height + h) * width;
                let at = x + ((position + w0) as usize) * pixel + c;
                for (let w = w0; w < w1; w++, at += pixel) {
                  const value = loadPart(at, present);
                  const isFirst = v128.and(i32x4.lt_s(where, i32x4.splat(0)), f32x4.eq(value, largest));
                  const takes = v128.or(f32x4.gt(value, largest), isFirst);
                  largest = v128.bitselect(value, largest, takes);
                  where = v128.bitselect(i32x4.splat(position + w), where, takes);
                }
              }
            add(dx + c, pixel, i32x4.extract_lane(where, 0), dy + c, present > 0);
            add(dx + c + 4, pixel, i32x4.extract_lane(where, 1), dy + c + 4, present > 1);
            add(dx + c + 8, pixel, i32x4.extract_lane(where, 2), dy + c + 8, present > 2);
            add(dx + c + 12, pixel, i32x4.extract_lane(where, 3), dy + c + 12, present > 3);
          }
        }
      }
    }
}

function add(dx: usize, pixel: usize, where: i32, dy: usize, isPresent: bool): void {
  if (!isPresent || where < 0) return;
  const at = dx + (where as usize) * pixel;
  store<f32>(at, load<f32>(at) + load<f32>(dy));
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
  const pixel: usize = (channels as usize) << 2;
  const image = ((depth * height * width) as usize) * pixel;
  memory.fill(dx, 0, (count as usize) * image);
  for (let n = 0; n < count; n++, dx += image)
    for (let o = 0; o < outDepth; o++) {
      const d0 = max(0, o * strideDepth - front);
      const d1 = min(depth, o * strideDepth - front + filterDepth);
      for (let a = 0; a < outHeight; a++) {
        const h0 = max(0, a * strideHeight - top);
        const h1 = min(height, a * strideHeight - top + filterHeight);
        for (let b = 0; b < outWidth; b++, dy += pixel) {
          const w0 = max(0, b * strideWidth - left);
          const w1 = min(width, b * strideWidth - left + filterWidth);
          const size = max(0, d1 - d0) * max(0, h1 - h0) * max(0, w1 - w0);
          for (let c: usize = 0; c < pixel; c += 16) {
            const present = ((pixel - c) >> 2) as i32;
            const share = f32x4.div(loadPart(dy + c, present), f32x4.splat(size as f32));
            for (let d = d0; d < d1; d++)
              for (let h = h0; h < h1; h++) {
                let at = dx + (((d * height + h) * width + w0) as usize) * pixel + c;
                for (let w = w0; w < w1; w++, at += pixel)
                  storePart(at, f32x4.add(loadPart(at, present), share), present);
              }
          }
        }
      }
    }
}
