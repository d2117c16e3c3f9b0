import { roundingLevel, type ClassStatistics } from "./classStatistics";
import { UndefinedMeasureError } from "./undefinedMeasure";

/**
 * NC1, class-distance normalised variance (CDNV): mean over pairs of classes of
 * (v_c + v_c') / (2 |mu_c - mu_c'|^2), v_c the mean squared distance of class c to its mean. Zero if
 * every example lies on its class mean.
 *
 * Every pair counts once, whatever the numbers of examples, and no global mean enters. Two classes
 * with coinciding means would make it infinite.
 *
 * @returns 0 or more, without a unit.
 * @throws {RangeError} If there are fewer than 2 classes.
 * @throws {UndefinedMeasureError} If two class means coincide (up to {@link roundingLevel}).
 * @see Galanti, György, Hutter 2022, https://arxiv.org/abs/2112.15121
 */
export function classDistanceNormalizedVariance(statistics: ClassStatistics): number {
  const { classCount, classVariances } = statistics;
  if (classCount < 2) throw new RangeError(`expected 2 classes or more, got ${classCount}`);
  const smallest = roundingLevel(statistics);
  let sum = 0;
  for (let a = 0; a < classCount; a++)
    for (let b = a + 1; b < classCount; b++) {
      const distance = meanDistance(statistics, a, b);
      if (distance <= smallest)
        throw new UndefinedMeasureError(
          `expected class means that differ, got coinciding ones of classes ${a} and ${b}`,
        );
      sum += (classVariances[a] + classVariances[b]) / (2 * distance ** 2);
    }
  return sum / ((classCount * (classCount - 1)) / 2);
}

function meanDistance({ classMeans, dim }: ClassStatistics, a: number, b: number): number {
  let sum = 0;
  for (let i = 0; i < dim; i++) sum += (classMeans[a * dim + i] - classMeans[b * dim + i]) ** 2;
  return Math.sqrt(sum);
}
