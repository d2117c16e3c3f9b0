import type { TensorInfo } from "@tensorflow/tfjs-core";

/**
 * Rejects an argument of a kernel.
 *
 * @throws {RangeError} Always; the message has the kernel, the argument, and the expected and
 *   actual value.
 */
export function refuse(kernel: string, argument: string, expected: string, actual: unknown): never {
  const text = Array.isArray(actual) ? `[${actual.join(", ")}]` : String(actual);
  throw new RangeError(
    `${kernel} on the wasm backend: expected ${argument} ${expected}, got ${text}`,
  );
}

/** The number of values of a shape. */
export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** Whether any shape has no values. */
export const isAnyEmpty = (...shapes: readonly (readonly number[])[]): boolean =>
  shapes.some((shape) => sizeOf(shape) === 0);

/** Whether two shapes are the same. */
export const isSameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);

/**
 * Checks a tensor's shape.
 *
 * @param expected Sizes; -1 for any.
 * @throws {RangeError} If the shape is another.
 */
export function checkShape(
  kernel: string,
  argument: string,
  { shape }: { readonly shape: readonly number[] },
  expected: readonly number[],
): void {
  const isRight =
    shape.length === expected.length && expected.every((size, i) => size < 0 || size === shape[i]);
  const text = expected.map((size) => (size < 0 ? "any" : size)).join(", ");
  if (!isRight) refuse(kernel, argument, `of shape [${text}]`, shape);
}

/**
 * Checks that a tensor has real numbers, which a kernel can cast.
 *
 * @throws {RangeError} For other types than float32, int32 and bool.
 */
export function checkNumbers(kernel: string, argument: string, { dtype }: TensorInfo): void {
  if (!["float32", "int32", "bool"].includes(dtype))
    refuse(kernel, argument, "of dtype float32, int32 or bool", dtype);
}

/**
 * Checks a tensor's type.
 *
 * @throws {RangeError} If it is another.
 */
export function checkType(
  kernel: string,
  argument: string,
  { dtype }: TensorInfo,
  expected: TensorInfo["dtype"] = "float32",
): void {
  if (dtype !== expected) refuse(kernel, argument, `of dtype ${expected}`, dtype);
}

/**
 * Checks that a tensor can be broadcast to a shape.
 *
 * @throws {RangeError} If it has more dimensions, or a size that is neither 1 nor the shape's.
 */
export function checkBroadcast(
  kernel: string,
  argument: string,
  { shape }: TensorInfo,
  to: readonly number[],
): void {
  const offset = to.length - shape.length;
  if (offset < 0 || shape.some((size, i) => size !== 1 && size !== to[offset + i]))
    refuse(kernel, argument, `of a shape that broadcasts to [${to.join(", ")}]`, shape);
}
