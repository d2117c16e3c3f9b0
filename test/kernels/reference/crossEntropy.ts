/** {@link TrainingKernels.crossEntropy} in float64. */
export function crossEntropy(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  losses: Float64Array,
  dLogits: Float64Array,
  classes: number,
  weight: number,
): number {
  let total = 0;
  for (let n = 0; n < losses.length; n++) {
    const row = Array.from({ length: classes }, (_, k) => logits[n * classes + k]);
    const largest = Math.max(...row);
    const exponentials = row.map((logit) => Math.exp(logit - largest));
    const sum = exponentials.reduce((a, b) => a + b, 0);
    exponentials.forEach((value, k) => {
      dLogits[n * classes + k] = weight * (value / sum - (k === labels[n] ? 1 : 0));
    });
    losses[n] = largest + Math.log(sum) - row[labels[n]];
    total += losses[n];
  }
  return total / losses.length;
}
