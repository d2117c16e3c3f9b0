/** a b + c in each lane: fused in the relaxed build, rounded twice in the plain one. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** z where it is positive, else z times slope. */
export function leakyRelu(z: v128, slope: v128): v128 {
  return v128.bitselect(z, f32x4.mul(z, slope), f32x4.gt(z, f32x4.splat(0)));
}

/** Sum of the four lanes: (0 + 2) + (1 + 3). */
export function laneSum(a: v128): f32 {
  return f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 2) + (f32x4.extract_lane(a, 1) + f32x4.extract_lane(a, 3));
}

/** The first `count` (1 to 4) floats at `from`, zeros after them. Reads no further. */
export function loadPart(from: usize, count: i32): v128 {
  if (count >= 4) return v128.load(from);
  let a = v128.load32_zero(from);
  if (count > 1) a = f32x4.replace_lane(a, 1, load<f32>(from, 4));
  if (count > 2) a = f32x4.replace_lane(a, 2, load<f32>(from, 8));
  return a;
}

/** Writes the first `count` lanes, none if `count` is not positive. */
export function storePart(to: usize, a: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, a);
    return;
  }
  if (count > 0) store<f32>(to, f32x4.extract_lane(a, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(a, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(a, 2), 8);
}

/**
 * The two compiled copies of a loop over four channels: `Whole` where all four are there, `Part`
 * where the last ones are not. A test of the count at every load would cost as much as the work.
 */
export type Whole = i32;
export type Part = f32;

/** {@link loadPart}, or a plain load if L is `Whole`. */
export function loadLanes<L>(from: usize, count: i32): v128 {
  if (isInteger<L>()) return v128.load(from);
  return loadPart(from, count);
}

/** {@link storePart}, or a plain store if L is `Whole`. */
export function storeLanes<L>(to: usize, a: v128, count: i32): void {
  if (isInteger<L>()) v128.store(to, a);
  else storePart(to, a, count);
}
