import { closeSync, openSync, readSync } from "node:fs";
import type { Numbers, RowArray } from "../numerics/rowArray";
import type { ElementType } from "./elementTypes";

/** Array of a file, before its values are read. */
export interface StoredArray {
  /** Key of the array; the file's name without its ending if there are no keys. */
  readonly name: string;
  /** File and key, for errors. */
  readonly place: string;
  readonly shape: readonly number[];
  /** Type of its elements, named as in the file's format. */
  readonly type: string;
  /**
   * Matrix of the array: one row per index of the first axis, other axes in C order.
   *
   * @throws {Error} If the values cannot be read as numbers; the message names the place.
   */
  readonly open: () => Promise<RowArray>;
}

/** Values of an array in the order in which they are stored, from one index to just before another. */
export type ElementReader = (from: number, to: number) => Numbers;

/** Number of elements of a shape. */
export const elementCount = (shape: readonly number[]) =>
  shape.reduce((product, length) => product * length, 1);

/** A shape as it is printed: (10 x 3). */
export const shapeText = (shape: readonly number[]) => `(${shape.join(" x ")})`;

/**
 * Rows of an array that is stored in C order (row-major) or Fortran order (column-major). In
 * Fortran order each column is read separately, and only the requested rows.
 */
export function storedRows(
  shape: readonly number[],
  isFortranOrder: boolean,
  read: ElementReader,
  precision?: RowArray["precision"],
): RowArray {
  const [count, ...inner] = shape.length === 0 ? [1] : shape;
  const size = elementCount(inner);
  if (!isFortranOrder || size === 1 || (count === 1 && inner.length === 1))
    return { count, size, precision, rows: (from, to) => read(from * size, to * size) };
  const columns = fortranColumns(inner);
  const rows = (from: number, to: number) => {
    const numbers = read(0, 0);
    const length = (to - from) * size;
    const values =
      numbers instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
    columns.forEach((column, i) => {
      const own = read(column * count + from, column * count + to);
      for (let row = 0; row < own.length; row++) values[row * size + i] = own[row];
    });
    return values;
  };
  return { count, size, precision, rows };
}

/** Position in Fortran order of each place of an array in C order. */
function fortranColumns(shape: readonly number[]): Int32Array {
  const columns = new Int32Array(elementCount(shape));
  for (let at = 0; at < columns.length; at++) {
    let rest = at;
    let stride = columns.length;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      stride /= shape[axis];
      columns[at] += (rest % shape[axis]) * stride;
      rest = Math.floor(rest / shape[axis]);
    }
  }
  return columns;
}

/** Source of the elements of an array. */
export interface ElementPlace {
  readonly type: ElementType;
  readonly isBigEndian: boolean;
  /** Bytes from `position`, `length` of them. */
  readonly bytes: (position: number, length: number) => Uint8Array<ArrayBuffer>;
}

/** Reads elements from bytes. */
export function elementReader({ type, isBigEndian, bytes }: ElementPlace): ElementReader {
  return (from, to) => {
    const own = bytes(from * type.bytes, (to - from) * type.bytes);
    if (isBigEndian) swapBytes(own, type.bytes);
    return type.decode(own);
  };
}

function swapBytes({ buffer }: Uint8Array<ArrayBuffer>, size: number): void {
  const bytes = Buffer.from(buffer);
  if (size === 2) bytes.swap16();
  if (size === 4) bytes.swap32();
  if (size === 8) bytes.swap64();
}

/** Bytes of an open or closed file from `start` on; the file is opened for each reading. */
export function fileBytes(path: string, start: number) {
  return (position: number, length: number) => {
    const bytes = new Uint8Array(length);
    const file = openSync(path, "r");
    try {
      for (let done = 0; done < length;) {
        const count = readSync(file, bytes, done, length - done, start + position + done);
        if (count === 0)
          throw new RangeError(
            `${path}: expected ${length} bytes at ${start + position}, got ${done}`,
          );
        done += count;
      }
    } finally {
      closeSync(file);
    }
    return bytes;
  };
}

/** Copies of bytes in memory. */
export const memoryBytes = (content: Uint8Array) => (position: number, length: number) =>
  new Uint8Array(content.subarray(position, position + length));
