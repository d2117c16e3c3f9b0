import { laneSum, multiplyAdd } from "./vector";

/** Bytes of a point in scratch memory: its values, filled up with zeros to whole vectors. */
function pointBytes(dim: i32): usize {
  return (((dim + 3) & ~3) as usize) << 2;
}

/** Floats of scratch memory that {@link spanningTrees} needs. */
export function spanningTreesScratch(size: i32, dim: i32): i32 {
  return (size + 1) * ((dim + 3) & ~3) + 5 * size + 2;
}

/**
 * Minimum spanning trees of `count` point clouds: Prim's algorithm, exact. An approximate distance
 * in float32 SIMD says of almost every pair that it does not matter; the others are computed in
 * float64, in the order of the coordinates. Edges of equal length are ordered by their smaller end,
 * then by their larger end: the tree is the one that Kruskal's algorithm finds in that order.
 *
 * Points that are not yet in the tree are kept together, so that memory is read in one stream.
 *
 * @param points count x size x dim, finite.
 * @param norm 1: sum of absolute differences; 2: Euclidean.
 * @param ends Written: count x (size - 1) x 2 32-bit integers, the smaller first.
 * @param lengths Written: count x (size - 1) float64; edges in the order in which points joined.
 * @param scratch {@link spanningTreesScratch} floats, at a multiple of 8.
 */
export function spanningTrees(
  points: usize,
  count: i32,
  size: i32,
  dim: i32,
  norm: i32,
  ends: usize,
  lengths: usize,
  scratch: usize,
): void {
  const cloud: usize = ((size * dim) as usize) << 2;
  const edges = (size - 1) as usize;
  for (let s = 0; s < count; s++, points += cloud, ends += edges << 3, lengths += edges << 3)
    spanningTree(points, size, dim, norm, ends, lengths, scratch);
}

function spanningTree(
  points: usize,
  size: i32,
  dim: i32,
  norm: i32,
  ends: usize,
  lengths: usize,
  scratch: usize,
): void {
  const point = pointBytes(dim);
  // Of each point outside: the length of its shortest edge to one inside, which one that is, what
  // number it has itself, and the approximate distance from which on a pair does not matter.
  const gaps = scratch;
  const limits = gaps + ((size as usize) << 3);
  const links = limits + ((size as usize) << 2);
  const numbers = links + ((size as usize) << 2);
  const outside = numbers + ((size as usize) << 2);
  const center = outside + (size as usize) * point;
  for (let v = 0; v < size; v++) {
    const at = (v as usize) << 2;
    copyPoint(points + ((v * dim) as usize) * 4, outside + (v as usize) * point, dim);
    store<f64>(gaps + at * 2, Infinity);
    store<f32>(limits + at, Infinity);
    store<i32>(links + at, -1);
    store<i32>(numbers + at, v);
  }
  let next = 0;
  for (let left = size - 1; left > 0; left--) {
    const added = load<i32>(numbers + ((next as usize) << 2));
    memory.copy(center, outside + (next as usize) * point, point);
    moveLast(outside, point, gaps, limits, links, numbers, left, next);
    updateGaps(center, added, outside, point, dim, norm, left, gaps, limits, links, numbers);
    next = nearest(left, gaps, links, numbers);
    const at = (next as usize) << 2;
    const i = load<i32>(numbers + at);
    const j = load<i32>(links + at);
    store<i32>(ends, min(i, j));
    store<i32>(ends, max(i, j), 4);
    store<f64>(lengths, load<f64>(gaps + at * 2));
    ends += 8;
    lengths += 8;
  }
}

/** Copies a point and fills it up with zeros. */
function copyPoint(from: usize, to: usize, dim: i32): void {
  memory.fill(to, 0, pointBytes(dim));
  memory.copy(to, from, (dim as usize) << 2);
}

/** Puts the last of the points outside, number `last` of them, in the place of one that joined. */
function moveLast(
  outside: usize,
  point: usize,
  gaps: usize,
  limits: usize,
  links: usize,
  numbers: usize,
  last: i32,
  place: i32,
): void {
  const from = (last as usize) << 2;
  const to = (place as usize) << 2;
  memory.copy(outside + (place as usize) * point, outside + (last as usize) * point, point);
  store<f64>(gaps + to * 2, load<f64>(gaps + from * 2));
  store<f32>(limits + to, load<f32>(limits + from));
  store<i32>(links + to, load<i32>(links + from));
  store<i32>(numbers + to, load<i32>(numbers + from));
}

/** Looks, for each point outside, whether the added one is the nearest inside. */
function updateGaps(
  center: usize,
  added: i32,
  outside: usize,
  point: usize,
  dim: i32,
  norm: i32,
  left: i32,
  gaps: usize,
  limits: usize,
  links: usize,
  numbers: usize,
): void {
  const end = center + point;
  let k = 0;
  for (; k + 4 <= left; k += 4) {
    const p = outside + (k as usize) * point;
    const near =
      norm == 1 ? fourDistances<Absolutes>(center, end, p, point) : fourDistances<Squares>(center, end, p, point);
    // Not above its limit, or too large for float32: it may matter.
    const limit = v128.load(limits + ((k as usize) << 2));
    const matters = i32x4.bitmask(v128.not(f32x4.gt(near, limit)));
    for (let lane = 0; matters >> lane != 0; lane++)
      if ((matters >> lane) & 1)
        updateGap(center, added, p + (lane as usize) * point, dim, norm, k + lane, gaps, limits, links);
  }
  for (; k < left; k++) updateGap(center, added, outside + (k as usize) * point, dim, norm, k, gaps, limits, links);
}

/** Which sum {@link fourDistances} takes: of absolute differences, or of squared ones. */
type Absolutes = i32;
type Squares = f32;

/** Approximate sums over the coordinates of a point's differences to four others. */
function fourDistances<N>(center: usize, end: usize, p: usize, point: usize): v128 {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  const second = p + point;
  const third = second + point;
  const fourth = third + point;
  for (let at: usize = 0; center < end; center += 16, at += 16) {
    const middle = v128.load(center);
    a = addDifference<N>(a, v128.load(p + at), middle);
    b = addDifference<N>(b, v128.load(second + at), middle);
    c = addDifference<N>(c, v128.load(third + at), middle);
    d = addDifference<N>(d, v128.load(fourth + at), middle);
  }
  return f32x4(laneSum(a), laneSum(b), laneSum(c), laneSum(d));
}

function addDifference<N>(sum: v128, value: v128, middle: v128): v128 {
  const difference = f32x4.sub(value, middle);
  if (isInteger<N>()) return f32x4.add(sum, f32x4.abs(difference));
  return multiplyAdd(difference, difference, sum);
}

/** The exact distance of the added point to the k-th outside, and what changes by it. */
function updateGap(
  center: usize,
  added: i32,
  p: usize,
  dim: i32,
  norm: i32,
  k: i32,
  gaps: usize,
  limits: usize,
  links: usize,
): void {
  let sum: f64 = 0;
  for (const end = p + ((dim as usize) << 2); p < end; p += 4, center += 4) {
    const difference = (load<f32>(p) as f64) - (load<f32>(center) as f64);
    sum += norm == 1 ? abs(difference) : difference * difference;
  }
  const distance = norm == 1 ? sum : sqrt(sum);
  const at = (k as usize) << 2;
  const gap = load<f64>(gaps + at * 2);
  if (!(distance < gap || (distance == gap && added < load<i32>(links + at)))) return;
  store<f64>(gaps + at * 2, distance);
  store<i32>(links + at, added);
  // A sum of dim float32 terms is off by at most about dim x 2^-24 of itself; below 1e-30 its
  // terms may have been too small for float32.
  const margin: f64 = 1 + ((dim + 16) as f64) * 1.2e-7;
  store<f32>(limits + at, max(1e-30, (sum * margin) as f32));
}

/** Which of the points outside has the edge that comes first. */
function nearest(left: i32, gaps: usize, links: usize, numbers: usize): i32 {
  let best = 0;
  let least = load<f64>(gaps);
  for (let k = 1; k < left; k++) {
    const gap = load<f64>(gaps + ((k as usize) << 3));
    if (gap < least || (gap == least && comesBefore(k, best, links, numbers))) {
      best = k;
      least = gap;
    }
  }
  return best;
}

/** Order of two edges of the same length: by the smaller end, then by the larger one. */
function comesBefore(k: i32, l: i32, links: usize, numbers: usize): bool {
  const i = load<i32>(numbers + ((k as usize) << 2));
  const j = load<i32>(links + ((k as usize) << 2));
  const m = load<i32>(numbers + ((l as usize) << 2));
  const n = load<i32>(links + ((l as usize) << 2));
  const first = min(i, j) - min(m, n);
  return first != 0 ? first < 0 : max(i, j) < max(m, n);
}
