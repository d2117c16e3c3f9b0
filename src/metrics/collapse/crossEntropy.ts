/**
 * Cross entropy of each example: log(sum over c of exp(z_c)) - z_y, in nats.
 *
 * @param logits N x classCount, row-major.
 * @param labels N class indices, each y.
 * @returns N values, 0 or more.
 */
export function crossEntropies(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classCount: number,
): Float64Array {
  return Float64Array.from({ length: labels.length }, (_, n) => {
    const start = n * classCount;
    let largest = -Infinity;
    for (let c = 0; c < classCount; c++) largest = Math.max(largest, logits[start + c]);
    let exponentials = 0;
    for (let c = 0; c < classCount; c++) exponentials += Math.exp(logits[start + c] - largest);
    return largest + Math.log(exponentials) - logits[start + labels[n]];
  });
}
