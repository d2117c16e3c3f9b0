/**
 * Thrown where the input is valid and the value is not defined for it all the same: a zero vector
 * has no direction.
 */
export class UndefinedValueError extends RangeError {}
