/** An array of bytes with its shape, as an IDX file holds it. */
export interface IdxArray {
  readonly shape: readonly number[];
  /** Row-major; a view on the file's bytes, not a copy. */
  readonly values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/**
 * Reads an array of bytes in the IDX format: two zero bytes, the type (8: unsigned byte), the number
 * of dimensions, each dimension as 32 bits big-endian, then the values.
 *
 * @param bytes The whole file, uncompressed.
 * @param dimensions How many dimensions the array must have: 3 for images, 1 for labels.
 * @param name What error messages call the file.
 * @throws {RangeError} If the magic number or the length is wrong; the message says which.
 * @see The file formats of the MNIST database, http://yann.lecun.com/exdb/mnist/
 */
export function parseIdx(bytes: Uint8Array, dimensions: number, name: string): IdxArray {
  const header = 4 + 4 * dimensions;
  if (bytes.length < header)
    throw new RangeError(
      `${name}: expected a header of ${header} bytes, got a file of ${bytes.length}`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const expectedMagic = (UNSIGNED_BYTE << 8) | dimensions;
  if (magic !== expectedMagic)
    throw new RangeError(`${name}: expected magic number ${hex(expectedMagic)}, got ${hex(magic)}`);
  const shape = Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, length) => product * length, 1);
  if (bytes.length !== header + count)
    throw new RangeError(
      `${name}: expected ${header + count} bytes for shape ${shape.join(" x ")}, got ${bytes.length}`,
    );
  return { shape, values: new Uint8Array(bytes.buffer, bytes.byteOffset + header, count) };
}

function hex(magic: number): string {
  return `0x${magic.toString(16).padStart(8, "0")}`;
}
