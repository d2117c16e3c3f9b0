import { laneSum, multiplyAdd } from "./vector";

/**
 * `count` rounds of twelve independent multiply-adds of four lanes, 96 operations a round, all in
 * registers: the benchmark's measure of what the core can do. Twelve are what fits; for the plain
 * build, where a product and a sum wait for each other, they hide about 6/7 of the waiting.
 */
export function multiplyAddLoop(count: i32): f32 {
  const factor = f32x4.splat(0.5);
  const term = f32x4.splat(1);
  let a = f32x4.splat(0);
  let b = f32x4.splat(1);
  let c = f32x4.splat(2);
  let d = f32x4.splat(3);
  let e = f32x4.splat(4);
  let f = f32x4.splat(5);
  let g = f32x4.splat(6);
  let h = f32x4.splat(7);
  let i = f32x4.splat(8);
  let j = f32x4.splat(9);
  let k = f32x4.splat(10);
  let l = f32x4.splat(11);
  for (; count > 0; count--) {
    a = multiplyAdd(a, factor, term);
    b = multiplyAdd(b, factor, term);
    c = multiplyAdd(c, factor, term);
    d = multiplyAdd(d, factor, term);
    e = multiplyAdd(e, factor, term);
    f = multiplyAdd(f, factor, term);
    g = multiplyAdd(g, factor, term);
    h = multiplyAdd(h, factor, term);
    i = multiplyAdd(i, factor, term);
    j = multiplyAdd(j, factor, term);
    k = multiplyAdd(k, factor, term);
    l = multiplyAdd(l, factor, term);
  }
  const left = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  const middle = f32x4.add(f32x4.add(e, f), f32x4.add(g, h));
  const right = f32x4.add(f32x4.add(i, j), f32x4.add(k, l));
  return laneSum(f32x4.add(f32x4.add(left, middle), right));
}
