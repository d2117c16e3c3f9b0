import { UndefinedMeasureError } from "./undefinedMeasure";
import { mean, populationStd } from "../../statistics/summary";

/**
 * Coefficient of variation: populationStd / |mean|. Zero if all numbers are equal.
 *
 * @param what Name of the numbers, for the error.
 * @returns 0 or more, without a unit.
 * @throws {RangeError} If there is no number, or one is not finite.
 * @throws {UndefinedMeasureError} If the mean is 0.
 */
export function variation(values: Float64Array, what: string): number {
  const center = Math.abs(mean(values));
  if (center === 0) throw new UndefinedMeasureError(`expected ${what} with a mean other than 0`);
  return populationStd(values) / center;
}
