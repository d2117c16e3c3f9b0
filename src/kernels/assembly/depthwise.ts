import { loadPart, multiplyAdd, storePart } from "./vector";

/**
 * Gradient of a depthwise convolution by its input: dx[n, h, w, c] = sum over i, j and the multiplier
 * m of dy[n, a, b, c m + q] filter[i, j, c, q] with a strideHeight + i - top = h, b likewise.
 *
 * @param dy count x outHeight x outWidth x (channels multiplier).
 * @param filter filterHeight x filterWidth x channels x multiplier.
 * @param dx Written: count x height x width x channels.
 * @param outChannels channels times the multiplier.
 */
export function depthwiseInputGradient(
  dy: usize,
  filter: usize,
  dx: usize,
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
): void {
  const outPixel: usize = (outChannels as usize) << 2;
  const pixel: usize = (channels as usize) << 2;
  const multiplier = outChannels / channels;
  for (let n = 0; n < count; n++, dy += ((outHeight * outWidth) as usize) * outPixel)
    for (let row = 0; row < height; row++) {
      const i = (row + top) % strideHeight;
      const a = (row + top - i) / strideHeight;
      for (let column = 0; column < width; column++, dx += pixel) {
        const j = (column + left) % strideWidth;
        const b = (column + left - j) / strideWidth;
        for (let c = 0; c < channels; c += 4) {
          let sum = f32x4.splat(0);
          // The taps i, i + stride, ... come from the outputs a, a - 1, ...
          for (let tapRow = i, outRow = a; tapRow < filterHeight && outRow >= 0; tapRow += strideHeight, outRow--) {
            if (outRow >= outHeight) continue;
            for (let tap = j, out = b; tap < filterWidth && out >= 0; tap += strideWidth, out--) {
              if (out >= outWidth) continue;
              const from = dy + ((outRow * outWidth + out) as usize) * outPixel;
              const weights = filter + ((tapRow * filterWidth + tap) as usize) * outPixel;
              sum = multiplyAddChannels(from, weights, c, channels, multiplier, sum);
            }
          }
          storePart(dx + ((c as usize) << 2), sum, channels - c);
        }
      }
    }
}

/** sum + the products of up to four channels from c on, each with `multiplier` values in a row. */
function multiplyAddChannels(a: usize, b: usize, c: i32, channels: i32, multiplier: i32, sum: v128): v128 {
  const at: usize = ((c * multiplier) as usize) << 2;
  if (multiplier == 1) {
    const left = channels - c;
    if (left >= 4) return multiplyAdd(v128.load(a + at), v128.load(b + at), sum);
    return multiplyAdd(loadPart(a + at, left), loadPart(b + at, left), sum);
  }
  const lane: usize = (multiplier as usize) << 2;
  for (let q: usize = 0; q < lane; q += 4)
    sum = multiplyAdd(gathered(a + at + q, lane, channels - c), gathered(b + at + q, lane, channels - c), sum);
  return sum;
}

/** The first `count` of four values, `step` bytes apart, then zeros. */
function gathered(from: usize, step: usize, count: i32): v128 {
  let a = v128.load32_zero(from);
  if (count > 1) a = f32x4.replace_lane(a, 1, load<f32>(from + step));
  if (count > 2) a = f32x4.replace_lane(a, 2, load<f32>(from + 2 * step));
  if (count > 3) a = f32x4.replace_lane(a, 3, load<f32>(from + 3 * step));
  return a;
}

/** Output channels that go together: a cache line. */
const BLOCK: i32 = 16;

/**
 * Gradient of a depthwise convolution by its filter: dFilter[i, j, c, q] = sum over n, a, b of
 * x[n, a strideHeight + i - top, b strideWidth + j - left, c] dy[n, a, b, c m + q].
 *
 * Sums in the order of the pixels of an image, then adds the images' sums.
 *
 * @param firstBlock,endBlock The blocks of 16 output channels that are computed.
 * @param dFilter Written: filterHeight x filterWidth x channels x multiplier.
 */
export function depthwiseFilterGradient(
  x: usize,
  dy: usize,
  dFilter: usize,
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
  firstBlock: i32,
  endBlock: i32,
): void {
  const pixel: usize = (channels as usize) << 2;
  const outPixel: usize = (outChannels as usize) << 2;
  const multiplier = outChannels / channels;
  const step: usize = (strideWidth as usize) * pixel;
  for (let n = 0; n < count; n++) {
    const xImage = x + ((n * height * width) as usize) * pixel;
    const dyImage = dy + ((n * outHeight * outWidth) as usize) * outPixel;
    for (let k = firstBlock * BLOCK; k < min(outChannels, endBlock * BLOCK); k += BLOCK)
      for (let i = 0; i < filterHeight; i++) {
        const a = max(0, (top - i + strideHeight - 1) / strideHeight);
        const aEnd = min(outHeight, (height - 1 + top - i + strideHeight) / strideHeight);
        for (let j = 0; j < filterWidth; j++) {
          const b = max(0, (left - j + strideWidth - 1) / strideWidth);
          const run = min(outWidth, (width - 1 + left - j + strideWidth) / strideWidth) - b;
          const xAt = ((a * strideHeight + i - top) * width + b * strideWidth + j - left) as usize;
          const xFrom = xImage + xAt * pixel;
          const dyFrom = dyImage + ((a * outWidth + b) as usize) * outPixel + ((k as usize) << 2);
          const to = dFilter + ((i * filterWidth + j) as usize) * outPixel + ((k as usize) << 2);
          const xRow = ((strideHeight * width) as usize) * pixel;
          const dyRow: usize = (outWidth as usize) * outPixel;
          const isFirst = n == 0;
          if (multiplier == 1 && k + BLOCK <= outChannels)
            addBlock(xFrom + ((k as usize) << 2), dyFrom, to, aEnd - a, run, xRow, dyRow, step, outPixel, isFirst);
          else
            for (let q = k; q < min(outChannels, k + BLOCK); q++) {
              const lane = ((q - k) as usize) << 2;
              const channel: usize = ((q / multiplier) as usize) << 2;
              addChannel(
                xFrom + channel,
                dyFrom + lane,
                to + lane,
                aEnd - a,
                run,
                xRow,
                dyRow,
                step,
                outPixel,
                isFirst,
              );
            }
        }
      }
  }
}

function addBlock(
  x: usize,
  dy: usize,
  to: usize,
  rows: i32,
  run: i32,
  xRow: usize,
  dyRow: usize,
  step: usize,
  outPixel: usize,
  isFirst: bool,
): void {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (; rows > 0; rows--, x += xRow, dy += dyRow) {
    let p = x;
    let q = dy;
    for (let b = 0; b < run; b++, p += step, q += outPixel) {
      s0 = multiplyAdd(v128.load(p), v128.load(q), s0);
      s1 = multiplyAdd(v128.load(p, 16), v128.load(q, 16), s1);
      s2 = multiplyAdd(v128.load(p, 32), v128.load(q, 32), s2);
      s3 = multiplyAdd(v128.load(p, 48), v128.load(q, 48), s3);
    }
  }
  if (!isFirst) {
    s0 = f32x4.add(v128.load(to), s0);
    s1 = f32x4.add(v128.load(to, 16), s1);
    s2 = f32x4.add(v128.load(to, 32), s2);
    s3 = f32x4.add(v128.load(to, 48), s3);
  }
  v128.store(to, s0);
  v128.store(to, s1, 16);
  v128.store(to, s2, 32);
  v128.store(to, s3, 48);
}

function addChannel(
  x: usize,
  dy: usize,
  to: usize,
  rows: i32,
  run: i32,
  xRow: usize,
  dyRow: usize,
  step: usize,
  outPixel: usize,
  isFirst: bool,
): void {
  let sum: f32 = 0;
  for (; rows > 0; rows--, x += xRow, dy += dyRow) {
    let p = x;
    let q = dy;
    for (let b = 0; b < run; b++, p += step, q += outPixel) sum += load<f32>(p) * load<f32>(q);
  }
  store<f32>(to, isFirst ? sum : load<f32>(to) + sum);
}
