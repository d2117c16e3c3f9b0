import { UndefinedValueError } from "../../numerics/undefinedValue";

/**
 * Thrown where the input is as it should be and the measure has no value all the same: the vectors
 * that it compares coincide, or are zero.
 */
export { UndefinedValueError as UndefinedMeasureError };

/**
 * The measure's value, or null where it has none ({@link UndefinedValueError}). What is wrong
 * with the input itself still throws.
 *
 * @throws {RangeError} If the value is a number that is not finite.
 */
export function whereDefined<T>(measure: () => T): T | null {
  try {
    const value = measure();
    if (typeof value === "number" && !Number.isFinite(value))
      throw new RangeError(`expected a finite measure, got ${value}`);
    return value;
  } catch (error) {
    if (error instanceof UndefinedValueError) return null;
    throw error;
  }
}
