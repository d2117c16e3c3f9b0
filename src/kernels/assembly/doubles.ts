// Double-precision kernels, for measures: what is summed there must keep its digits.

/** a b + c in both lanes: fused in the relaxed build, rounded twice in the plain one. */
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f64x2.relaxed_madd(a, b, c) : f64x2.add(f64x2.mul(a, b), c);
}

/**
 * c += a' b for matrices that lie in panels of four columns, each inner x 4.
 *
 * Every element is summed in the order of the inner index, whatever the sizes are.
 *
 * @param a,b `panelsA` and `panelsB` panels; from one to the next are `panelBytes`.
 * @param c 4 panelsA x 4 panelsB doubles; from one row to the next are `rowBytes`.
 * @param offset Panels of c that lie above the first of a in an upper triangle: panels of b before
 *   those of a and `offset` are left out. Negative for all.
 */
export function addPanelProducts(
  a: usize,
  b: usize,
  c: usize,
  panelsA: i32,
  panelsB: i32,
  inner: i32,
  panelBytes: usize,
  rowBytes: usize,
  offset: i32,
): void {
  for (let j: i32 = 0; j < panelsB; j++, b += panelBytes) {
    const end = offset < 0 ? panelsA : min(panelsA, j - offset + 1);
    let panel = a;
    let tile = c + ((j as usize) << 5);
    for (let i: i32 = 0; i < end; i++, panel += panelBytes, tile += rowBytes << 2)
      addPanelProduct(panel, b, tile, inner, rowBytes);
  }
}

function addPanelProduct(a: usize, b: usize, c: usize, inner: i32, rowBytes: usize): void {
  const c1 = c + rowBytes;
  const c2 = c1 + rowBytes;
  const c3 = c2 + rowBytes;
  let s0 = v128.load(c);
  let t0 = v128.load(c, 16);
  let s1 = v128.load(c1);
  let t1 = v128.load(c1, 16);
  let s2 = v128.load(c2);
  let t2 = v128.load(c2, 16);
  let s3 = v128.load(c3);
  let t3 = v128.load(c3, 16);
  for (const end = a + ((inner as usize) << 5); a != end; a += 32, b += 32) {
    const s = v128.load(b);
    const t = v128.load(b, 16);
    const a0 = v128.load_splat<f64>(a);
    s0 = multiplyAdd(a0, s, s0);
    t0 = multiplyAdd(a0, t, t0);
    const a1 = v128.load_splat<f64>(a, 8);
    s1 = multiplyAdd(a1, s, s1);
    t1 = multiplyAdd(a1, t, t1);
    const a2 = v128.load_splat<f64>(a, 16);
    s2 = multiplyAdd(a2, s, s2);
    t2 = multiplyAdd(a2, t, t2);
    const a3 = v128.load_splat<f64>(a, 24);
    s3 = multiplyAdd(a3, s, s3);
    t3 = multiplyAdd(a3, t, t3);
  }
  v128.store(c, s0);
  v128.store(c, t0, 16);
  v128.store(c1, s1);
  v128.store(c1, t1, 16);
  v128.store(c2, s2);
  v128.store(c2, t2, 16);
  v128.store(c3, s3);
  v128.store(c3, t3, 16);
}

/**
 * One row of a step of the tridiagonal form: takes the last step's reflection out of it, and adds its
 * part of the product with the next step's vector, in one pass over the memory.
 *
 * row -= x w' + y v', then sums += z row; returns row u.
 *
 * @param row,v,w,u,sums `count` doubles each; `row` and `sums` are changed.
 */
export function reflectRow(
  row: usize,
  v: usize,
  w: usize,
  u: usize,
  sums: usize,
  count: i32,
  x: f64,
  y: f64,
  z: f64,
): f64 {
  const minusX = f64x2.splat(-x);
  const minusY = f64x2.splat(-y);
  const each = f64x2.splat(z);
  let dot = f64x2.splat(0);
  let i: usize = 0;
  for (const end = ((count as usize) >> 1) << 4; i != end; i += 16) {
    const a = multiplyAdd(minusX, v128.load(w + i), multiplyAdd(minusY, v128.load(v + i), v128.load(row + i)));
    v128.store(row + i, a);
    v128.store(sums + i, multiplyAdd(each, a, v128.load(sums + i)));
    dot = multiplyAdd(a, v128.load(u + i), dot);
  }
  let sum = f64x2.extract_lane(dot, 0) + f64x2.extract_lane(dot, 1);
  if (count & 1) {
    const a = load<f64>(row + i) - y * load<f64>(v + i) - x * load<f64>(w + i);
    store<f64>(row + i, a);
    store<f64>(sums + i, load<f64>(sums + i) + z * a);
    sum += a * load<f64>(u + i);
  }
  return sum;
}
