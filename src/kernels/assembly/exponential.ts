const LN2: f64 = 0.6931471805599453;

/**
 * e^x for x <= 0, within 1e-12 relative; below -700 it is 0. Without the table in static memory
 * that Math.exp brings: this module shares its memory and owns none of it.
 */
export function exponential(x: f64): f64 {
  if (x < -700) return 0;
  const power = Math.round(x / LN2);
  const r = x - power * LN2;
  let term: f64 = 1;
  for (let i = 12; i > 0; i--) term = 1 + (term * r) / i;
  return term * reinterpret<f64>((1023 + (power as i64)) << 52);
}

/**
 * Natural logarithm of a normal x >= 1, within 1e-12 relative plus 1e-16: x = 2^k m with m in
 * [sqrt(1/2), sqrt(2)), ln m = 2 artanh((m - 1) / (m + 1)). NaN and infinity give themselves.
 */
export function logarithm(x: f64): f64 {
  if (!(x < Infinity)) return x;
  const bits = reinterpret<i64>(x);
  let power = (bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0xfffffffffffff) | (1023 << 52));
  if (m > Math.SQRT2) {
    m /= 2;
    power++;
  }
  const t = (m - 1) / (m + 1);
  let sum: f64 = 0;
  for (let i = 19; i > 0; i -= 2) sum = sum * t * t + 1 / (i as f64);
  return (power as f64) * LN2 + 2 * t * sum;
}
