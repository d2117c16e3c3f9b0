import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { ImageSet } from "./imageSet";
import { OFFICIAL_FILES, officialFilesHint } from "./officialFiles";
import { inflated } from "../files/inflate";
import { readLimited } from "../files/readLimited";
import { readTar } from "../files/tarFile";

const SIDE = 32;
const CHANNELS = 3;
const PLANE = SIDE * SIDE;
const IMAGE_SIZE = PLANE * CHANNELS;
/** A label, then the image's three planes. */
const ROW = 1 + IMAGE_SIZE;
/** Limit on the bytes of a batch; the official ones have 10,000 rows. */
const MOST_BYTES = 10_000 * ROW;
const CLASS_COUNT = 10;

const TRAIN_FILES = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`);
const TEST_FILE = "test_batch.bin";
const FILES = [...TRAIN_FILES, TEST_FILE];

/** CIFAR-10: 50,000 images to train with and 10,000 to test with. */
export interface Cifar10 {
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/**
 * The images of CIFAR-10, 32 x 32 x 3, from the binary version: the published archive
 * `cifar-10-binary.tar.gz`, or the six `.bin` files, in the folder or in its
 * `cifar-10-batches-bin`.
 *
 * @throws {Error} If a file is missing, truncated or damaged, or a label above 9; the message names it.
 * @see https://www.cs.toronto.edu/~kriz/cifar.html
 */
export async function loadCifar10(folder = join("data", "cifar10")): Promise<Cifar10> {
  const batches = await readBatches(folder);
  const parsed = FILES.map((name) => {
    const [path, bytes] = batches.get(name)!;
    return parseCifar10Batch(bytes, path);
  });
  return { train: joined(parsed.slice(0, -1)), test: parsed[parsed.length - 1] };
}

/** Where each of the six files is, and its bytes. */
async function readBatches(folder: string): Promise<Map<string, [string, Buffer]>> {
  for (const place of [folder, join(folder, "cifar-10-batches-bin")]) {
    if (!(await isFile(join(place, TRAIN_FILES[0])))) continue;
    const read = async (name: string) => {
      const path = join(place, name);
      if (!(await isFile(path)))
        throw new Error(`${path}: expected this file, which does not exist`);
      const bytes = await readLimited(path, MOST_BYTES).catch((error: Error) => {
        throw new Error(`${path}: expected a batch of CIFAR-10: ${error.message}`);
      });
      return [name, [path, bytes]] as [string, [string, Buffer]];
    };
    return new Map(await Promise.all(FILES.map(read)));
  }
  const [{ name }] = OFFICIAL_FILES.cifar10;
  const archive = join(folder, name);
  if (await isFile(archive)) return readArchive(archive);
  throw new Error(
    `${archive}: expected this file, or the .bin files that it contains, found neither; ` +
      officialFilesHint("cifar10"),
  );
}

async function readArchive(archive: string): Promise<Map<string, [string, Buffer]>> {
  const isBatch = (name: string) => FILES.includes(basename(name));
  const members = await readTar(inflated(archive, "gzip"), isBatch, MOST_BYTES).catch(
    (error: Error) => {
      throw new Error(`${archive}: expected a complete .tar.gz file, got: ${error.message}`);
    },
  );
  const batches = new Map(
    [...members].map(([name, bytes]) => [basename(name), [`${archive}: ${name}`, bytes]]),
  ) as Map<string, [string, Buffer]>;
  const missing = FILES.filter((name) => !batches.has(name));
  if (missing.length > 0)
    throw new Error(`${archive}: expected it to contain ${missing.join(", ")}`);
  return batches;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

/**
 * Images of one binary batch: rows of 3,073 bytes, a label and then the red, the green and the blue
 * plane of 32 x 32.
 *
 * @param name Name of the file for errors.
 * @throws {RangeError} If it does not contain complete rows, or a label is above 9.
 */
export function parseCifar10Batch(bytes: Uint8Array, name: string): ImageSet {
  const count = bytes.length / ROW;
  if (!Number.isInteger(count) || count === 0)
    throw new RangeError(`${name}: expected rows of ${ROW} bytes, got ${bytes.length} bytes`);
  const pixels = new Uint8Array(count * IMAGE_SIZE);
  const labels = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    const label = (labels[row] = bytes[row * ROW]);
    if (label >= CLASS_COUNT)
      throw new RangeError(
        `${name}: expected labels from 0 to ${CLASS_COUNT - 1}, got ${label} in row ${row}`,
      );
    const [from, to] = [row * ROW + 1, row * IMAGE_SIZE];
    for (let c = 0; c < CHANNELS; c++)
      for (let i = 0; i < PLANE; i++) pixels[to + i * CHANNELS + c] = bytes[from + c * PLANE + i];
  }
  return { pixels, labels, imageShape: [SIDE, SIDE, CHANNELS], classCount: CLASS_COUNT };
}

/** Images of several sets, one after the other. */
function joined(sets: readonly ImageSet[]): ImageSet {
  const pixels = new Uint8Array(sets.reduce((sum, set) => sum + set.pixels.length, 0));
  const labels = new Uint8Array(pixels.length / IMAGE_SIZE);
  let row = 0;
  for (const set of sets) {
    pixels.set(set.pixels, row * IMAGE_SIZE);
    labels.set(set.labels, row);
    row += set.labels.length;
  }
  return { ...sets[0], pixels, labels };
}
