import { loadPart, storePart } from "./vector";

/** y = x, at least `least` and at most `most`; a NaN stays one. */
export function clip(x: usize, y: usize, count: i32, least: f32, most: f32): void {
  const low = f32x4.splat(least);
  const high = f32x4.splat(most);
  for (; count > 0; count -= 4, x += 16, y += 16)
    storePart(y, f32x4.min(f32x4.max(loadPart(x, count), low), high), count);
}
