import { leakyRelu, multiplyAdd } from "./vector";

// Transforms of F(4 x 4, 3 x 3) and F(3 x 3, 4 x 4): polynomial products by their values at 0, a, -a,
// b, -b and infinity. Of the pairs that are exact in float32 5/8 and 3/2 have the smallest errors, 1.4
// to 2.7 times those of the direct sum (test/bench/winogradError.ts); with 1 and 2 they are twice as large.

const A: f32 = 0.625;
const B: f32 = 1.5;
const A2: f32 = A * A;
const B2: f32 = B * B;
/** The filter's share at 0, and at a and b beside half of its even or odd part. */
const AT_ZERO: f32 = 1 / (A2 * B2);
const AT_A: f32 = 0.5 / (A2 * (A2 - B2));
const AT_B: f32 = 0.5 / (B2 * (B2 - A2));

/** Values of a transformed tile: 6 x 6. */
export const LARGE_POINTS: i32 = 36;

/** Floats of memory that a transform needs between its two passes, over columns and over rows. */
export const LARGE_MEMORY: i32 = 4 * (LARGE_POINTS + 16);

/**
 * Transforms 6 x 6 pixels d of some channels to B' d B.
 *
 * @param from,pixel,row,to,plane,block,channels As of `transformPixels`.
 * @param memory {@link LARGE_MEMORY} floats.
 */
export function transformLargePixels(
  from: usize,
  pixel: usize,
  row: usize,
  to: usize,
  plane: usize,
  block: usize,
  channels: i32,
  memory: usize,
): void {
  for (; channels > 0; channels -= 4, from += 16, to += block) {
    pixelLines(6, from, row, pixel, memory, 96, 16);
    pixelLines(6, memory, 16, 96, to, plane, 6 * plane);
  }
}

/** Row by row of B': the coefficients of the product of (x - p) over all other points p. */
function pixelLines(count: i32, from: usize, step: usize, next: usize, to: usize, toStep: usize, toNext: usize): void {
  for (; count > 0; count--, from += next, to += toNext) {
    const d0 = v128.load(from);
    const d1 = v128.load(from + step);
    const d2 = v128.load(from + 2 * step);
    const d3 = v128.load(from + 3 * step);
    const d4 = v128.load(from + 4 * step);
    const d5 = v128.load(from + 5 * step);
    v128.store(to, multiplyAdd(f32x4.splat(A2 * B2), d0, multiplyAdd(f32x4.splat(-A2 - B2), d2, d4)));
    let even = multiplyAdd(f32x4.splat(-B2), d2, d4);
    let odd = f32x4.mul(f32x4.splat(A), multiplyAdd(f32x4.splat(-B2), d1, d3));
    v128.store(to + toStep, f32x4.add(even, odd));
    v128.store(to + 2 * toStep, f32x4.sub(even, odd));
    even = multiplyAdd(f32x4.splat(-A2), d2, d4);
    odd = f32x4.mul(f32x4.splat(B), multiplyAdd(f32x4.splat(-A2), d1, d3));
    v128.store(to + 3 * toStep, f32x4.add(even, odd));
    v128.store(to + 4 * toStep, f32x4.sub(even, odd));
    v128.store(to + 5 * toStep, multiplyAdd(f32x4.splat(A2 * B2), d1, multiplyAdd(f32x4.splat(-A2 - B2), d3, d5)));
  }
}

/** Transforms a packed filter as `transformFilter` does: to 36 x outChannels / 8 x channels x 8. */
export function transformLargeFilter(packed: usize, to: usize, channels: i32, blocks: i32, memory: usize): void {
  const tap: usize = (channels as usize) << 5;
  const plane = (blocks as usize) * tap;
  for (let block = 0; block < blocks; block++, packed += 9 * tap, to += tap)
    for (let at: usize = 0; at < tap; at += 16) {
      filterLines(3, packed + at, 3 * tap, tap, memory, 48, 16);
      filterLines(6, memory, 16, 48, to + at, plane, 6 * plane);
    }
}

function filterLines(count: i32, from: usize, step: usize, next: usize, to: usize, toStep: usize, toNext: usize): void {
  for (; count > 0; count--, from += next, to += toNext) {
    const g2 = v128.load(from + 2 * step);
    evaluate(v128.load(from), v128.load(from + step), g2, f32x4.splat(0), g2, to, toStep);
  }
}

/** Transforms 4 x 4 pixels of some channels to G d G', stored in blocks of 8 channels, `block` bytes each. */
export function transformLargeGradient(
  from: usize,
  pixel: usize,
  row: usize,
  to: usize,
  plane: usize,
  block: usize,
  channels: i32,
  memory: usize,
): void {
  for (let k = 0; k < channels; k += 4, from += 16) {
    const at = to + ((k >> 3) as usize) * block + ((k & 4) << 2);
    gradientLines(4, from, row, pixel, memory, 64, 16);
    gradientLines(6, memory, 16, 64, at, plane, 6 * plane);
  }
}

function gradientLines(
  count: i32,
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
): void {
  for (; count > 0; count--, from += next, to += toNext) {
    const g3 = v128.load(from + 3 * step);
    evaluate(v128.load(from), v128.load(from + step), v128.load(from + 2 * step), g3, g3, to, toStep);
  }
}

/** G: values at the points of g0 + g1 x + g2 x^2 + g3 x^3, each over the product of its distances to the others. */
function evaluate(g0: v128, g1: v128, g2: v128, g3: v128, last: v128, to: usize, step: usize): void {
  v128.store(to, f32x4.mul(f32x4.splat(AT_ZERO), g0));
  let even = multiplyAdd(f32x4.splat(AT_A * A2), g2, f32x4.mul(f32x4.splat(AT_A), g0));
  let odd = multiplyAdd(f32x4.splat(AT_A * A2 * A), g3, f32x4.mul(f32x4.splat(AT_A * A), g1));
  v128.store(to + step, f32x4.add(even, odd));
  v128.store(to + 2 * step, f32x4.sub(even, odd));
  even = multiplyAdd(f32x4.splat(AT_B * B2), g2, f32x4.mul(f32x4.splat(AT_B), g0));
  odd = multiplyAdd(f32x4.splat(AT_B * B2 * B), g3, f32x4.mul(f32x4.splat(AT_B * B), g1));
  v128.store(to + 3 * step, f32x4.add(even, odd));
  v128.store(to + 4 * step, f32x4.sub(even, odd));
  v128.store(to + 5 * step, last);
}

/**
 * Transforms the products m of a tile back to 4 x 4 pixels A' m A, plus bias, through leaky ReLU.
 *
 * @param from,plane,bias,to,pixel,row,channels As of `transformProducts`.
 * @param wide,high How many of its columns and rows exist.
 * @param memory {@link LARGE_MEMORY} floats.
 */
export function transformLargeProducts(
  from: usize,
  plane: usize,
  bias: usize,
  slope: f32,
  to: usize,
  pixel: usize,
  row: usize,
  wide: i32,
  high: i32,
  channels: i32,
  memory: usize,
): void {
  const s = f32x4.splat(slope);
  const values = memory + 16 * LARGE_POINTS;
  for (; channels > 0; channels -= 4, from += 16, to += 16) {
    let offset = f32x4.splat(0);
    if (bias) {
      offset = v128.load(bias);
      bias += 16;
    }
    productLines(6, from, 6 * plane, plane, memory, 96, 16);
    productLines(high, memory, 16, 96, values, 16, 64);
    for (let i: usize = 0; i < (high as usize); i++) {
      for (let j: usize = 0; j < (wide as usize); j++) {
        const value = f32x4.add(v128.load(values + ((4 * i + j) << 4)), offset);
        v128.store(to + i * row + j * pixel, leakyRelu(value, s));
      }
    }
  }
}

/** A' for four outputs: the powers of the points from 0 to 3, the last of them also at infinity. */
function productLines(
  count: i32,
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
): void {
  for (; count > 0; count--, from += next, to += toNext) {
    const a = v128.load(from + step);
    const minusA = v128.load(from + 2 * step);
    const b = v128.load(from + 3 * step);
    const minusB = v128.load(from + 4 * step);
    const evenA = f32x4.add(a, minusA);
    const oddA = f32x4.sub(a, minusA);
    const evenB = f32x4.add(b, minusB);
    const oddB = f32x4.sub(b, minusB);
    v128.store(to, f32x4.add(f32x4.add(v128.load(from), evenA), evenB));
    v128.store(to + toStep, multiplyAdd(f32x4.splat(B), oddB, f32x4.mul(f32x4.splat(A), oddA)));
    v128.store(to + 2 * toStep, multiplyAdd(f32x4.splat(B2), evenB, f32x4.mul(f32x4.splat(A2), evenA)));
    const cubes = multiplyAdd(f32x4.splat(B2 * B), oddB, f32x4.mul(f32x4.splat(A2 * A), oddA));
    v128.store(to + 3 * toStep, f32x4.add(cubes, v128.load(from + 5 * step)));
  }
}

/**
 * Transforms four sums m of F(3 x 3, 4 x 4) back to 3 x 3 filter values A' m A.
 *
 * @param plane,tap Bytes from one of the 36 sums, of the 9 filter values, to the next.
 */
export function transformLargeSums(from: usize, plane: usize, to: usize, tap: usize, memory: usize): void {
  sumLines(6, from, 6 * plane, plane, memory, 96, 16);
  sumLines(3, memory, 16, 96, to, tap, 3 * tap);
}

/** A' for three outputs. */
function sumLines(count: i32, from: usize, step: usize, next: usize, to: usize, toStep: usize, toNext: usize): void {
  for (; count > 0; count--, from += next, to += toNext) {
    const a = v128.load(from + step);
    const minusA = v128.load(from + 2 * step);
    const b = v128.load(from + 3 * step);
    const minusB = v128.load(from + 4 * step);
    const evenA = f32x4.add(a, minusA);
    const evenB = f32x4.add(b, minusB);
    v128.store(to, f32x4.add(f32x4.add(v128.load(from), evenA), evenB));
    const oddA = f32x4.mul(f32x4.splat(A), f32x4.sub(a, minusA));
    v128.store(to + toStep, multiplyAdd(f32x4.splat(B), f32x4.sub(b, minusB), oddA));
    const squares = multiplyAdd(f32x4.splat(B2), evenB, f32x4.mul(f32x4.splat(A2), evenA));
    v128.store(to + 2 * toStep, f32x4.add(squares, v128.load(from + 5 * step)));
  }
}
