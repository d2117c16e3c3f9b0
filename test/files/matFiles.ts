import { deflateSync } from "node:zlib";

/** An array for a made-up MAT file. */
export interface MadeUpArray {
  readonly name: string;
  readonly shape: readonly number[];
  /** MATLAB's class by number: 6 double, 9 uint8. */
  readonly classNumber: number;
  /** How the values are stored: 2 bytes, 9 doubles. */
  readonly storedType: number;
  readonly values: Uint8Array;
}

/** The 128 bytes at the start of a MAT file. */
export function matHeader({ text = "MATLAB 5.0 MAT-file", version = 0x0100, order = "IM" } = {}) {
  const header = Buffer.alloc(128, " ");
  header.write(text, 0, "latin1");
  header.writeUInt16LE(version, 124);
  header.write(order, 126, "latin1");
  return header;
}

/** A tag and data, filled up to 8 bytes. */
export function element(type: number, data: Uint8Array, fill = true): Buffer {
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(type, 0);
  tag.writeUInt32LE(data.length, 4);
  return Buffer.concat([tag, data, Buffer.alloc(fill ? -data.length & 7 : 0)]);
}

/** An array as an element. */
export function matrix({ name, shape, classNumber, storedType, values }: MadeUpArray): Buffer {
  const words = (numbers: readonly number[]) => Buffer.from(Int32Array.from(numbers).buffer);
  return element(
    14,
    Buffer.concat([
      element(6, words([classNumber, 0])),
      element(5, words(shape)),
      element(1, Buffer.from(name)),
      element(storedType, values),
    ]),
  );
}

/** The same compressed. */
export function compressed(content: Uint8Array): Buffer {
  return element(15, deflateSync(content), false);
}

/** X of images whose values are all `value(image, channel, column, row)`. */
export function imageArray(
  count: number,
  value: (image: number, channel: number, column: number, row: number) => number = () => 0,
): MadeUpArray {
  const values = Uint8Array.from({ length: count * 3072 }, (_, i) =>
    value(Math.floor(i / 3072), Math.floor(i / 1024) % 3, Math.floor(i / 32) % 32, i % 32),
  );
  return { name: "X", shape: [32, 32, 3, count], classNumber: 9, storedType: 2, values };
}

/** y of some labels, doubles of which MATLAB stores bytes. */
export function labelArray(labels: readonly number[]): MadeUpArray {
  const values = Uint8Array.from(labels);
  return { name: "y", shape: [labels.length, 1], classNumber: 6, storedType: 2, values };
}

/** A whole file of SVHN's format, compressed as the official ones. */
export function svhnFile(images: MadeUpArray, labels: MadeUpArray): Buffer {
  return Buffer.concat([
    matHeader(),
    ...[images, labels].map((array) => compressed(matrix(array))),
  ]);
}
