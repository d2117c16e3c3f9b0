/**
 * The rows of the first examples of each class.
 *
 * @param count How many of a class; fewer where it has no more.
 * @returns Ascending.
 */
export function firstOfClasses(
  labels: ArrayLike<number>,
  count: (label: number) => number,
): number[] {
  const taken = new Map<number, number>();
  return Array.from(labels).flatMap((label, row) => {
    const before = taken.get(label) ?? 0;
    taken.set(label, before + 1);
    return before < count(label) ? [row] : [];
  });
}
