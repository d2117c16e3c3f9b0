/** Thrown if a value is not defined for a valid input: a zero vector has no direction. */
export class UndefinedValueError extends RangeError {}
