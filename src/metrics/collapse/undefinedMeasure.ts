import { UndefinedValueError } from "../../numerics/undefinedValue";

/**
 * Thrown if the input is valid but the measure has no value, because the vectors that it compares
 * coincide or are zero.
 */
export { UndefinedValueError as UndefinedMeasureError };

/** Value of a measure, or null and the reason. */
export interface Defined<T> {
  readonly value: T | null;
  /** Reason why the value is null, if known: a sentence without a period. */
  readonly reason?: string;
}

/**
 * Value of a measure, or null with the reason if it has none ({@link UndefinedValueError}). Invalid
 * input still throws.
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
