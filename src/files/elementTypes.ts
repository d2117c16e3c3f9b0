import type { Numbers, RowArray } from "../numerics/rowArray";

/** Storage format of an element of an array. */
export interface ElementType {
  /** NumPy's name, or bfloat16. */
  readonly name: string;
  /** Size in bytes. */
  readonly bytes: number;
  /** The name again, for a floating-point type. */
  readonly precision?: RowArray["precision"];
  /** Values of little-endian bytes at the start of their buffer. */
  readonly decode: (bytes: Uint8Array<ArrayBuffer>) => Numbers;
}

const widened = (values: ArrayLike<number>) => Float32Array.from(values);
const doubled = (values: ArrayLike<number>) => Float64Array.from(values);

/** Types of numeric arrays, by name. */
export const ELEMENT_TYPES = {
  bool: { bytes: 1, decode: widened },
  int8: { bytes: 1, decode: ({ buffer }) => widened(new Int8Array(buffer)) },
  uint8: { bytes: 1, decode: widened },
  int16: { bytes: 2, decode: ({ buffer }) => widened(new Int16Array(buffer)) },
  uint16: { bytes: 2, decode: ({ buffer }) => widened(new Uint16Array(buffer)) },
  int32: { bytes: 4, decode: ({ buffer }) => doubled(new Int32Array(buffer)) },
  uint32: { bytes: 4, decode: ({ buffer }) => doubled(new Uint32Array(buffer)) },
  int64: { bytes: 8, decode: ({ buffer }) => safeNumbers(new BigInt64Array(buffer)) },
  uint64: { bytes: 8, decode: ({ buffer }) => safeNumbers(new BigUint64Array(buffer)) },
  bfloat16: { bytes: 2, precision: "bfloat16", decode: ({ buffer }) => ofBfloat16(buffer) },
  float16: { bytes: 2, precision: "float16", decode: ({ buffer }) => ofFloat16(buffer) },
  float32: { bytes: 4, precision: "float32", decode: ({ buffer }) => new Float32Array(buffer) },
  float64: { bytes: 8, precision: "float64", decode: ({ buffer }) => new Float64Array(buffer) },
} as const satisfies Record<string, Omit<ElementType, "name">>;

export type ElementTypeName = keyof typeof ELEMENT_TYPES;

/** Type by name. */
export function elementType(name: ElementTypeName): ElementType {
  return { name, ...ELEMENT_TYPES[name] };
}

/** @throws {RangeError} If a number has more digits than a double. */
function safeNumbers(values: BigInt64Array | BigUint64Array): Float64Array {
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    numbers[i] = Number(values[i]);
    if (!Number.isSafeInteger(numbers[i]))
      throw new RangeError(`expected whole numbers within 2^53 of 0, got ${values[i]}`);
  }
  return numbers;
}

/** The upper half of a float32. */
function ofBfloat16(buffer: ArrayBuffer): Float32Array {
  const words = Uint32Array.from(new Uint16Array(buffer), (half) => half << 16);
  return new Float32Array(words.buffer);
}

let float16Values: Float32Array | undefined;

function ofFloat16(buffer: ArrayBuffer): Float32Array {
  const values = (float16Values ??= Float32Array.from({ length: 0x10000 }, (_, half) =>
    float16Value(half),
  ));
  return Float32Array.from(new Uint16Array(buffer), (half) => values[half]);
}

/** Value of a float16: sign, 5 bits of exponent, 10 of fraction. */
function float16Value(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(half >> 10) & 0x1f, half & 0x3ff];
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
