import { centeredClassMeans, roundingLevel, type ClassStatistics } from "./classStatistics";
import { pairDistances } from "./pairCosines";
import { UndefinedMeasureError } from "./undefinedMeasure";

/**
 * NC1, class-distance normalised variance (CDNV): mean over pairs of classes of
 * (v_c + v_c') / (2 |mu_c - mu_c'|^2), v_c the mean squared distance of class c to its mean. Zero if
 * every example lies on its class mean.
 *
 * Every pair counts once, whatever the numbers of examples, and no global mean enters. Two classes
 * with coinciding means would make it infinite.
 *
 * @param means M', the class means less mu_G, whose products keep the digits of their distances.
 * @returns 0 or more, without a unit.
 * @throws {RangeError} If there are fewer than 2 classes.
 * @throws {UndefinedMeasureError} If two class means coincide (up to {@link roundingLevel}).
 * @see Galanti, György, Hutter 2022, https://arxiv.org/abs/2112.15121
 */
export function classDistanceNormalizedVariance(
  statistics: ClassStatistics,
  means: Float64Array = centeredClassMeans(statistics),
): number {
  const { classCount, classVariances } = statistics;
  if (classCount < 2) throw new RangeError(`expected 2 classes or more, got ${classCount}`);
  const smallest = roundingLevel(statistics);
  const distances = pairDistances(means, statistics.dim);
  let sum = 0;
  for (let a = 0, pair = 0; a < classCount; a++)
    for (let b = a + 1; b < classCount; b++, pair++) {
      const distance = distances[pair];
      if (distance <= smallest)
        throw new UndefinedMeasureError(
          `expected class means that differ, got coinciding ones of classes ${a} and ${b}`,
        );
      sum += (classVariances[a] + classVariances[b]) / (2 * distance * distance);
    }
  return sum / distances.length;
}
