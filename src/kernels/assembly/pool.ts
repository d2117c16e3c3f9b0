import { loadLanes, loadPart, storeLanes, storePart, Part, Whole } from "./vector";

/**
 * Largest values of 2 x 2 windows, stride 2; an odd last row or column is left out.
 *
 * @param x count x height x width x channels.
 * @param y Written: count x floor(height / 2) x floor(width / 2) x channels.
 */
export function maxPoolForward(x: usize, y: usize, count: i32, height: i32, width: i32, channels: i32): void {
  const pixel: usize = (channels as usize) << 2;
  const row: usize = (width as usize) * pixel;
  for (let n = 0; n < count; n++)
    for (let a = 0; a + 2 <= height; a += 2)
      for (let b = 0; b + 2 <= width; b += 2, y += pixel) {
        const from = x + ((n * height + a) as usize) * row + (b as usize) * pixel;
        for (let c: usize = 0; c < pixel; c += 16)
          if (channels & 3) poolWindow<Part>(from + c, y + c, pixel, row, ((pixel - c) >> 2) as i32);
          else poolWindow<Whole>(from + c, y + c, pixel, row, ((pixel - c) >> 2) as i32);
      }
}

function poolWindow<L>(x: usize, y: usize, pixel: usize, row: usize, present: i32): void {
  const upper = f32x4.max(loadLanes<L>(x, present), loadLanes<L>(x + pixel, present));
  const lower = f32x4.max(loadLanes<L>(x + row, present), loadLanes<L>(x + row + pixel, present));
  storeLanes<L>(y, f32x4.max(upper, lower), present);
}

/**
 * Gradient of {@link maxPoolForward}: each window's goes to its first largest value in row-major
 * order, or to its first NaN; 0 elsewhere.
 *
 * @param dx Written: count x height x width x channels.
 */
export function maxPoolGradient(
  x: usize,
  dy: usize,
  dx: usize,
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
): void {
  const pixel: usize = (channels as usize) << 2;
  const row: usize = (width as usize) * pixel;
  if ((height | width) & 1) memory.fill(dx, 0, ((count * height) as usize) * row);
  for (let n = 0; n < count; n++)
    for (let a = 0; a + 2 <= height; a += 2)
      for (let b = 0; b + 2 <= width; b += 2, dy += pixel) {
        const at = ((n * height + a) as usize) * row + (b as usize) * pixel;
        for (let c: usize = 0; c < pixel; c += 16)
          if (channels & 3) spreadWindow<Part>(x + at + c, dy + c, dx + at + c, pixel, row, ((pixel - c) >> 2) as i32);
          else spreadWindow<Whole>(x + at + c, dy + c, dx + at + c, pixel, row, ((pixel - c) >> 2) as i32);
      }
}

function spreadWindow<L>(x: usize, dy: usize, dx: usize, pixel: usize, row: usize, present: i32): void {
  const z0 = loadLanes<L>(x, present);
  const z1 = loadLanes<L>(x + pixel, present);
  const z2 = loadLanes<L>(x + row, present);
  const z3 = loadLanes<L>(x + row + pixel, present);
  const z = f32x4.max(f32x4.max(z0, z1), f32x4.max(z2, z3));
  const g = loadLanes<L>(dy, present);
  const first0 = isLargest(z0, z);
  const first1 = v128.andnot(isLargest(z1, z), first0);
  const before2 = v128.or(first0, first1);
  const first2 = v128.andnot(isLargest(z2, z), before2);
  const first3 = v128.andnot(isLargest(z3, z), v128.or(before2, first2));
  storeLanes<L>(dx, v128.and(g, first0), present);
  storeLanes<L>(dx + pixel, v128.and(g, first1), present);
  storeLanes<L>(dx + row, v128.and(g, first2), present);
  storeLanes<L>(dx + row + pixel, v128.and(g, first3), present);
}

/** Whether a value is the largest of a window, which is NaN if one of its values is. */
function isLargest(value: v128, largest: v128): v128 {
  return v128.or(f32x4.eq(value, largest), f32x4.ne(value, value));
}

/**
 * Gradient of the mean over size x size windows, stride `size`: dy / size^2 at each of a window's
 * positions, 0 at rows and columns outside every window.
 *
 * @param dy count x floor(height / size) x floor(width / size) x channels.
 * @param dx Written: count x height x width x channels.
 */
export function averagePoolGradient(
  dy: usize,
  dx: usize,
  count: i32,
  height: i32,
  width: i32,
  channels: i32,
  size: i32,
): void {
  const pixel: usize = (channels as usize) << 2;
  const share = f32x4.splat(1 / ((size * size) as f32));
  const rows = height / size;
  const columns = width / size;
  for (let n = 0; n < count; n++)
    for (let a = 0; a < height; a++)
      for (let b = 0; b < width; b++, dx += pixel) {
        if (a / size >= rows || b / size >= columns) {
          memory.fill(dx, 0, pixel);
          continue;
        }
        const from = dy + (((n * rows + a / size) * columns + b / size) as usize) * pixel;
        for (let c: usize = 0; c < pixel; c += 16) {
          const present = ((pixel - c) >> 2) as i32;
          storePart(dx + c, f32x4.mul(loadPart(from + c, present), share), present);
        }
      }
}
