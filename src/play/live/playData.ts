import { allRows, type ImageSet, type TrainingData } from "../../data/imageSet";

/** Test images of the page: a fifth of MNIST's, in proportion to the classes. */
export const TEST_COUNT = 2000;

/** What all digits of MNIST have in common. */
const DIGITS = { imageShape: [28, 28, 1], classCount: 10 } as const;
const IMAGE_SIZE = 28 * 28;
const HEADER_BYTES = 8;

/**
 * The page's images as one file: the numbers of training and test images as 32-bit little-endian
 * numbers, then of each set the pixels and the labels, a byte each.
 */
export function encodePlayData({ train, test }: TrainingData): Uint8Array<ArrayBuffer> {
  const parts = [train.pixels, train.labels, test.pixels, test.labels];
  const size = parts.reduce((sum, { length }) => sum + length, HEADER_BYTES);
  const bytes = new Uint8Array(size);
  const header = new DataView(bytes.buffer);
  [train, test].forEach(({ labels }, i) => header.setUint32(4 * i, labels.length, true));
  let at = HEADER_BYTES;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * Reads what {@link encodePlayData} wrote.
 *
 * @throws {RangeError} If there are more or fewer bytes than the header says.
 */
export function decodePlayData(bytes: Uint8Array<ArrayBuffer>): TrainingData {
  const header = new DataView(bytes.buffer, bytes.byteOffset);
  const [trainCount, testCount] = [0, 4].map((at) => header.getUint32(at, true));
  const testAt = HEADER_BYTES + trainCount * (IMAGE_SIZE + 1);
  const expected = testAt + testCount * (IMAGE_SIZE + 1);
  if (bytes.length !== expected)
    throw new RangeError(`expected ${expected} bytes of images, got ${bytes.length}`);
  return { train: setAt(bytes, HEADER_BYTES, trainCount), test: setAt(bytes, testAt, testCount) };
}

function setAt(bytes: Uint8Array, at: number, count: number): ImageSet {
  const labelsAt = at + count * IMAGE_SIZE;
  const pixels = bytes.slice(at, labelsAt);
  return { ...DIGITS, pixels, labels: bytes.slice(labelsAt, labelsAt + count) };
}

/** The first rows of each class, at most `perClass` of each, in the order of the set. */
export function firstOfEachClass(set: ImageSet, perClass = Infinity): Uint32Array {
  const found = new Uint32Array(set.classCount);
  return allRows(set).filter((row) => ++found[set.labels[row]] <= perClass);
}
