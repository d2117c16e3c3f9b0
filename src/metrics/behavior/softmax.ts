/** The class of the largest of a row's logits; the first of equals. */
export function largestOf(logits: ArrayLike<number>, start: number, classCount: number): number {
  let largest = 0;
  for (let c = 1; c < classCount; c++) if (logits[start + c] > logits[start + largest]) largest = c;
  return largest;
}
