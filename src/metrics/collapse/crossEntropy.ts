/**
 * Mean cross entropy: the mean over examples of log(sum over c of exp(z_c)) - z_y, in nats.
 *
 * @param logits N x classCount, row-major.
 * @param labels N class indices, each y.
 * @returns 0 or more.
 */
export function meanCrossEntropy(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classCount: number,
): number {
  let total = 0;
  for (let n = 0; n < labels.length; n++) {
    const start = n * classCount;
    let largest = -Infinity;
    for (let c = 0; c < classCount; c++) largest = Math.max(largest, logits[start + c]);
    let exponentials = 0;
    for (let c = 0; c < classCount; c++) exponentials += Math.exp(logits[start + c] - largest);
    total += largest + Math.log(exponentials) - logits[start + labels[n]];
  }
  return total / labels.length;
}
