import { bisect } from "../../numerics/bisect";

/** Largest excess of p + q over 1 that counts as rounding. */
const ROUNDING = 1e-12;

/**
 * Psi(p, q; b, l): the probability that a sample of b is visibly not beta-connected, because it has
 * points both in a set M and further than l * beta from it, and too few between to link them.
 *
 * With p the mass of M, q the mass further than l * beta from M, and the rest between,
 * Psi = sum over u, v >= 1, w <= l - 1, u + v + w = b of b!/(u! v! w!) p^u q^v (1 - p - q)^w:
 * a chain of steps up to beta over more than l * beta has l points or more between its ends. So
 * 1 - c_beta >= Psi. It grows with p, with q and with l.
 *
 * Every term is positive: the sum is exact to about 12 digits for b to 256.
 *
 * @param p From 0 to 1; `q` from 0 to 1 - p.
 * @param b Size of the sample, 1 or more; below 2 the sum is empty.
 * @param l 1 or more.
 * @throws {RangeError} If an argument is invalid.
 * @see Hofer et al. 2020, section 3, https://arxiv.org/abs/2002.04805
 */
export function disconnectionBound(p: number, q: number, b: number, l: number): number {
  checkShare("mass p", p);
  checkShare("mass q", q);
  checkSize("sample size b", b);
  checkSize("l", l);
  if (p + q > 1 + ROUNDING) throw new RangeError(`expected p + q of at most 1, got ${p} + ${q}`);
  return disconnectionSum(p, q, b, l, logFactorials(b));
}

/**
 * Lower bound on the mass of a class within l * beta of a set M of mass p: the smallest 1 - q for
 * which 1 - c_beta >= Psi(p, q; b, l). A class that is dense enough to be beta-connected in samples
 * of b has its mass near every set of mass p.
 *
 * The bound is at least p, and equals p if c_beta is not informative; 1 if c_beta = 1 and p > 0.
 *
 * @param p The mass of M, from 0 to 1.
 * @param connectivity c_beta, from 0 to 1: the probability that b examples of the class are
 *   beta-connected. The lower end of its confidence interval gives a bound of that confidence.
 * @param b Size of the sample, 1 or more; `l` 1 or more.
 * @returns From p to 1.
 * @throws {RangeError} If an argument is invalid.
 * @see Hofer et al. 2020, section 3, https://arxiv.org/abs/2002.04805
 */
export function massConcentrationBound(
  p: number,
  connectivity: number,
  b: number,
  l: number,
): number {
  checkShare("mass p", p);
  checkShare("connectivity c_beta", connectivity);
  checkSize("sample size b", b);
  checkSize("l", l);
  const logs = logFactorials(b);
  const allowed = 1 - connectivity;
  const q = bisect(0, 1 - p, (far) => disconnectionSum(p, far, b, l, logs) <= allowed);
  return Math.max(p, 1 - q);
}

/** Psi, of checked arguments; `logs` holds log 0! to log b!. */
function disconnectionSum(p: number, q: number, b: number, l: number, logs: Float64Array): number {
  const [logP, logQ] = [Math.log(p), Math.log(q)];
  const logBetween = Math.log(Math.max(0, 1 - p - q));
  let sum = 0;
  for (let w = 0; w < l && w <= b - 2; w++) {
    const between = w === 0 ? 0 : w * logBetween; // 0^0 is 1
    for (let u = 1; u < b - w; u++) {
      const v = b - w - u;
      const logCount = logs[b] - logs[u] - logs[v] - logs[w];
      sum += Math.exp(logCount + u * logP + v * logQ + between);
    }
  }
  return Math.min(1, sum); // rounding can exceed 1
}

/** log 0!, log 1!, ..., log n!. */
function logFactorials(n: number): Float64Array {
  const logs = new Float64Array(n + 1);
  for (let i = 2; i <= n; i++) logs[i] = logs[i - 1] + Math.log(i);
  return logs;
}

function checkShare(what: string, value: number): void {
  if (!(value >= 0 && value <= 1))
    throw new RangeError(`expected ${what} from 0 to 1, got ${value}`);
}

function checkSize(what: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`expected ${what} of 1 or more, got ${value}`);
}
