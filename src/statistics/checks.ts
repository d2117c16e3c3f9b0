/**
 * Rejects too few numbers, and numbers that are not finite.
 *
 * @param least Smallest accepted count.
 * @throws {RangeError} If there are fewer, or one is not finite.
 */
export function checkNumbers(values: readonly number[] | Float64Array, least: number): void {
  if (values.length < least) {
    const expected = least === 1 ? "numbers" : `${least} numbers or more`;
    throw new RangeError(`expected ${expected}, got ${values.length || "none"}`);
  }
  values.forEach((value, i) => {
    if (!Number.isFinite(value))
      throw new RangeError(`expected finite numbers, got ${value} at number ${i}`);
  });
}

/**
 * Rejects a value that is not strictly between 0 and 1.
 *
 * @throws {RangeError} The message names `name` and its value.
 */
export function checkShare(value: number, name: string): void {
  if (!(value > 0 && value < 1))
    throw new RangeError(`expected a ${name} between 0 and 1, got ${value}`);
}
