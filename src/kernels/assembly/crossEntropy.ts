import { exponential, logarithm } from "./exponential";

/**
 * Cross entropy of softmax(logits) against the classes' indices, and its gradient:
 * losses[n] = ln(sum over k of exp(logits[n, k])) - logits[n, label], and
 * dLogits = weight (softmax - one hot). Sums in float64.
 *
 * @param logits count x classes.
 * @param labels count 32-bit integers from 0 to classes - 1; one outside that makes the row NaN.
 * @param losses Written: count floats.
 * @param dLogits Written: count x classes; may be `logits`.
 * @returns The mean of the losses.
 */
export function crossEntropy(
  logits: usize,
  labels: usize,
  losses: usize,
  dLogits: usize,
  count: i32,
  classes: i32,
  weight: f64,
): f64 {
  let total: f64 = 0;
  for (let n = 0; n < count; n++) {
    const at = ((n * classes) as usize) << 2;
    const label = load<i32>(labels + ((n as usize) << 2));
    const loss = rowLoss(logits + at, label, dLogits + at, classes, weight);
    store<f32>(losses + ((n as usize) << 2), loss as f32);
    total += loss;
  }
  return total / (count as f64);
}

function rowLoss(logits: usize, label: i32, dLogits: usize, classes: i32, weight: f64): f64 {
  const end = (classes as usize) << 2;
  let largest: f32 = -Infinity;
  for (let k: usize = 0; k < end; k += 4) largest = max(largest, load<f32>(logits + k));
  const known = (label as u32) < (classes as u32);
  const at = (label as usize) << 2;
  const chosen: f64 = known ? load<f32>(logits + at) : NaN;
  let sum: f64 = 0;
  for (let k: usize = 0; k < end; k += 4) sum += exponential((load<f32>(logits + k) as f64) - largest);
  const scale = known ? weight / sum : NaN;
  for (let k: usize = 0; k < end; k += 4)
    store<f32>(
      dLogits + k,
      (scale * exponential((load<f32>(logits + k) as f64) - largest) - (k == at ? weight : 0)) as f32,
    );
  return largest + logarithm(sum) - chosen;
}
