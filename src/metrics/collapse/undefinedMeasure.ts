import { UndefinedValueError } from "../../numerics/undefinedValue";

/**
 * Thrown where the input is as it should be and the measure has no value all the same: the vectors
 * that it compares coincide, or are zero.
 */
export { UndefinedValueError as UndefinedMeasureError };

/** A measure's value, or null and why it has none. */
export interface Defined<T> {
  readonly value: T | null;
  /** Where the value is null for a reason that is known: a sentence without a period. */
  readonly reason?: string;
}

/**
 * The measure's value, or null where it has none ({@link UndefinedValueError}), with the reason. What
 * is wrong with the input itself still throws.
 *
 * @throws {RangeError} If the value is a number that is not finite.
 */
export function whereDefined<T>(measure: () => T): Defined<T> {
  try {
    const value = measure();
    if (typeof value === "number" && !Number.isFinite(value))
      throw new RangeError(`expected a finite measure, got ${value}`);
    return { value };
  } catch (error) {
    if (error instanceof UndefinedValueError) return { value: null, reason: error.message };
    throw error;
  }
}
